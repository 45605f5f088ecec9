/** What a caller says about a request in words of his own, for routes, limits and logs: `cf-aig-metadata`. */
import type { Warning } from "../chat/warning.ts";
import { GatewayError } from "../errors.ts";
import { isObject, parseJson } from "../json/fields.ts";

/** By name; read it with `Object.hasOwn`, since callers choose the names. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** What a header's metadata came to, and what of it was left out. */
export interface ReadMetadata {
  metadata: Metadata;
  warnings: readonly Warning[];
}

const HEADER = "cf-aig-metadata";

/** As many entries as Cloudflare keeps. */
const MOST = 5;

/**
 * Reads the header as Cloudflare does, https://developers.cloudflare.com/ai-gateway/observability/custom-metadata/:
 * the first five entries count, names that begin with `cf.` are its own, and one value that is null, a list or an
 * object loses them all. There that is silent; here it is a warning. Throws 2107 for what is no JSON object.
 */
export function readMetadata(header: string): ReadMetadata {
  const value = parseJson(utf8Of(header));
  if (!isObject(value)) {
    throw new GatewayError(
      2107,
      `The header ${HEADER} must be a JSON object of texts, numbers and booleans, such as {"user":"ada"}`,
      { param: HEADER },
    );
  }
  const entries = Object.entries(value);
  const bad = entries.find(([, value]) => !isScalar(value));
  if (bad !== undefined) {
    const reason = `${bad[0]} is ${kindOf(bad[1])}, which loses all of it`;
    return { metadata: {}, warnings: [{ kind: "dropped", param: HEADER, reason }] };
  }
  const own = entries.filter(([name]) => !name.startsWith("cf."));
  return {
    metadata: Object.fromEntries(own.slice(0, MOST)) as Metadata,
    warnings: [
      ...leftOut(entries.filter(([name]) => name.startsWith("cf.")), "cf. is Cloudflare's own"),
      ...leftOut(own.slice(MOST), `only ${MOST} entries are kept`),
    ],
  };
}

function leftOut(entries: readonly [string, unknown][], reason: string): Warning[] {
  return entries.map(([name]) => ({ kind: "dropped", param: `${HEADER}.${name}`, reason }));
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return "too large a number";
  return Array.isArray(value) ? "a list" : "an object";
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Headers are read as Latin-1, but many clients write UTF-8 into them. */
function utf8Of(header: string): string {
  if (!/[\x80-\xff]/.test(header) || /[^\t -\xff]/.test(header)) return header;
  try {
    return utf8.decode(Uint8Array.from(header, (letter) => letter.charCodeAt(0)));
  } catch {
    return header;
  }
}
