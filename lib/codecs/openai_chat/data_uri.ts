/** `data:` URIs as RFC 2397 has them: any case, any parameters, base64 or percent-encoded. */

/** What a data URI holds, its bytes in base64. */
export interface DataUri {
  /** Lower case, without parameters; absent when the URI names none. */
  mimeType?: string;
  content: string;
}

/** Spellings in use for types that have one name. */
const ALIASES: Record<string, string> = {
  "image/jpg": "image/jpeg",
  "audio/x-wav": "audio/wav",
  "audio/mp3": "audio/mpeg",
};

/** Reads a data URI; `undefined` when the text is none. */
export function parseDataUri(uri: string): DataUri | undefined {
  if (!/^data:/i.test(uri)) return undefined;
  const comma = uri.indexOf(",");
  if (comma < 0) return undefined;
  const [type = "", ...parameters] = uri.slice(5, comma).split(";").map((each) =>
    each.trim().toLowerCase()
  );
  const data = uri.slice(comma + 1);
  const content = parameters.includes("base64") ? data : percentToBase64(data);
  const mimeType = ALIASES[type] ?? type;
  return mimeType === "" ? { content } : { mimeType, content };
}

/** Writes the plain form, `data:image/png;base64,…`. */
export function formatDataUri({ mimeType, content }: DataUri): string {
  return `data:${mimeType ?? "application/octet-stream"};base64,${content}`;
}

function percentToBase64(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(
    bytes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  );
}
