/** Message content: which parts a provider takes, in which form, or one string. */
import { unfetched } from "../../chat/addressed_media.ts";
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json, objectOf, textOf } from "../../json/fields.ts";
import type { Edits } from "./edits.ts";
import type { Losses } from "../../chat/losses.ts";
import type { PartForm } from "./profile.ts";

/** Rewrites the content of a message. */
export function adaptContent(
  { parts, flatten }: AppliedProfile,
  copy: Json,
  edits: Edits,
  losses: Losses,
): void {
  const given = copy.content;
  if (!Array.isArray(given)) return;
  const kept = parts === undefined
    ? given
    : given.flatMap((part) => adaptPart(parts, part, losses) ?? []);
  if (flatten?.includes(String(copy.role)) && kept.every(isText)) {
    for (const part of kept) reportOthers(part, ["type", "text"], losses);
    edits.set(copy, "content", kept.map(({ text }) => text).join("\n\n"));
  } else if (kept.length !== given.length || kept.some((part, at) => part !== given[at])) {
    edits.set(copy, "content", kept.length === 0 ? "" : kept);
  }
}

function isText(part: unknown): part is Json & { text: string } {
  return isObject(part) && part.type === "text" && typeof part.text === "string";
}

function adaptPart(
  forms: Readonly<Record<string, PartForm>>,
  given: unknown,
  losses: Losses,
): unknown {
  if (typeof given === "string") return { type: "text", text: given };
  const part = isObject(given) && given.type === "refusal"
    ? { type: "text", text: given.refusal }
    : given;
  if (!isObject(part)) return undefined;
  const type = String(part.type);
  const form = Object.hasOwn(forms, type) ? forms[type] : undefined;
  const written = form === undefined ? undefined : writePart(form, type, part);
  if (written === undefined) {
    losses.dropped("messages.content");
    return undefined;
  }
  reportOthers(part, ["type", type, ...Object.keys(written)], losses);
  return written;
}

function reportOthers(part: Json, kept: readonly string[], losses: Losses): void {
  for (const key of Object.keys(part)) {
    if (!kept.includes(key)) losses.dropped(`messages.content.${key}`);
  }
}

function writePart(form: PartForm, type: string, part: Json): Json | undefined {
  switch (form) {
    case "same":
      return onlyItself(type, part);
    case "data_only":
      return asData(type, part);
    case "document_url":
      return asDocument({ ...part, ...objectOf(part.file) });
    case "file_url":
      return asFileUrl(objectOf(part.file));
    case "audio_text": {
      const data = textOf(part.input_audio) ?? textOf(objectOf(part.input_audio).data);
      return data === undefined ? undefined : { type, input_audio: data };
    }
  }
}

/** The name of a document, which stands beside it in the providers' own parts. */
const NAMES: Readonly<Record<string, string>> = {
  document_url: "document_name",
  file_url: "file_name",
};

/** Nothing beside the type and what belongs to it; an address without its object gets one. */
function onlyItself(type: string, part: Json): Json {
  if (type === "image_url" && typeof part.image_url === "string") {
    return { type, image_url: { url: part.image_url } };
  }
  const own = ["type", type, NAMES[type] ?? ""];
  if (Object.keys(part).every((key) => own.includes(key))) return part;
  return Object.fromEntries(Object.entries(part).filter(([key]) => own.includes(key)));
}

function asData(type: string, part: Json): Json {
  const inner = part[type];
  const url = textOf(inner) ?? textOf(objectOf(inner).url) ?? "";
  if (!/^data:/i.test(url)) throw unfetched();
  return onlyItself(type, part);
}

/** Mistral, https://docs.mistral.ai/capabilities/document_qna: by address, as a data URI, or uploaded. */
function asDocument({ file_data, file_id, filename }: Json): Json | undefined {
  if (typeof file_id === "string") return { type: "file", file_id };
  if (typeof file_data !== "string") return undefined;
  const url = /^(?:https?|data):/i.test(file_data)
    ? file_data
    : `data:application/pdf;base64,${file_data}`;
  const name = textOf(filename);
  return {
    type: "document_url",
    document_url: url,
    ...(name !== undefined && { document_name: name }),
  };
}

/** Perplexity, https://docs.perplexity.ai/guides/file-attachments: an address, or base64 without its head. */
function asFileUrl({ file_data, filename }: Json): Json | undefined {
  if (typeof file_data !== "string") return undefined;
  const name = textOf(filename);
  return {
    type: "file_url",
    file_url: { url: file_data.replace(/^data:[^,]*,/i, "") },
    ...(name !== undefined && { file_name: name }),
  };
}
