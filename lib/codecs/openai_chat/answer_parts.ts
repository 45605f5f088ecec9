/** The parts of an assistant's message, as answers have them and as conversations send them back. */
import type { CitationPart, MediaPart, Part, ToolCallPart } from "../../chat/request.ts";
import type { ChatCompletionMessage } from "openai/resources/chat/completions";
import { formatDataUri } from "./data_uri.ts";
import { extend, extensionOf } from "./extension.ts";
import { isObject, type Json, objectOf, objectsOf, restOf, textOf } from "../../json/fields.ts";
import { decodeMediaPart } from "./media_parts.ts";
import { othersBesideCall } from "./reasoning.ts";

const CALLED_MEMBERS = new Set(["name", "arguments", "input"]);
const CALL_MEMBERS = new Set(["id", "type", "index", "function", "custom", "extra_content"]);
const CITATION_MEMBERS = new Set(["url", "title", "start_index", "end_index"]);
const ANNOTATION_MEMBERS = new Set(["type", "url_citation"]);

/** Reads `tool_calls`, and the deprecated `function_call` under the id `legacyId`. */
export function decodeCalls(message: Json, legacyId: string): ToolCallPart[] {
  const calls = objectsOf(message.tool_calls).map(decodeCall);
  if (isObject(message.function_call)) {
    const { name, arguments: args } = message.function_call;
    calls.push({
      type: "tool_call",
      id: legacyId,
      name: String(name ?? ""),
      arguments: String(args ?? ""),
      kind: "function",
      ...extend({ legacy: true }),
    });
  }
  return calls;
}

function decodeCall(call: Json): ToolCallPart {
  const kind = isObject(call.custom) && !isObject(call.function) ? "custom" : "function";
  const called = objectOf(call[kind]);
  const inner = restOf(called, CALLED_MEMBERS);
  const rest = {
    ...restOf(call, CALL_MEMBERS),
    ...othersBesideCall(call.extra_content),
  };
  return {
    type: "tool_call",
    id: textOf(call.id) ?? "",
    name: textOf(called.name) ?? "",
    arguments: String((kind === "custom" ? called.input : called.arguments) ?? ""),
    kind,
    ...extend({ ...rest, ...(Object.keys(inner).length > 0 && { inner }) }),
  };
}

/** Writes a call; deprecated ones have their own member of the message. */
export function encodeCall(part: ToolCallPart): Json {
  const { inner, legacy: _, ...rest } = extensionOf(part);
  const called = part.kind === "custom"
    ? { custom: { name: part.name, input: part.arguments, ...objectOf(inner) } }
    : { function: { name: part.name, arguments: part.arguments || "{}", ...objectOf(inner) } };
  return { id: part.id, type: part.kind, ...called, ...rest };
}

/** Whether the call came as the deprecated `function_call` and goes back as such. */
export function isLegacyCall(part: ToolCallPart): boolean {
  return extensionOf(part).legacy === true;
}

/** Reads one `url_citation`. */
export function decodeCitation(annotation: Json): CitationPart {
  const citation = objectOf(annotation.url_citation);
  const inner = restOf(citation, CITATION_MEMBERS);
  const rest = restOf(annotation, ANNOTATION_MEMBERS);
  return {
    type: "citation",
    uri: String(citation.url ?? ""),
    ...(typeof citation.title === "string" && { title: citation.title }),
    ...(typeof citation.start_index === "number" && { start: citation.start_index }),
    ...(typeof citation.end_index === "number" && { end: citation.end_index }),
    ...extend({ ...rest, ...(Object.keys(inner).length > 0 && { inner }) }),
  };
}

/** Writes one `url_citation`; OpenAI's schema requires offsets and a title, so missing ones are 0 and "". */
export function encodeCitation(part: CitationPart): ChatCompletionMessage.Annotation {
  const { inner, ...rest } = extensionOf(part);
  const url_citation = {
    url: part.uri,
    title: part.title ?? "",
    start_index: part.start ?? 0,
    end_index: part.end ?? 0,
    ...objectOf(inner),
  };
  return { type: "url_citation", url_citation, ...rest };
}

/** Spoken answers: `{id, data, transcript, expires_at}`. */
export function decodeSpeech(audio: unknown): Part[] {
  if (!isObject(audio)) return [];
  const { data, ...rest } = audio;
  return [{
    type: "blob",
    modality: "audio",
    content: String(data ?? ""),
    ...extend({ speech: rest }),
  }];
}

/** Pictures in answers, which several providers put beside the text as `images`. */
export function decodeImages(images: unknown): MediaPart[] {
  return objectsOf(images).flatMap((image) => decodeMediaPart(image) ?? []);
}

/** The members of an answer's message that carry its media. */
export function encodeAnswerMedia(parts: readonly MediaPart[]): Json {
  const images = parts.flatMap((part) => part.modality === "image" ? encodeImage(part) : []);
  const speech = parts.find((part) => part.type === "blob" && part.modality === "audio");
  return {
    ...(images.length > 0 && { images }),
    ...(speech?.type === "blob" &&
      { audio: encodeSpeech(speech.content, objectOf(extensionOf(speech).speech)) }),
  };
}

function encodeSpeech(data: string, known: Json): Json {
  return { id: "", expires_at: 0, transcript: "", ...known, data };
}

function encodeImage(part: MediaPart): Json[] {
  const { inner, head, uri, ...outer } = extensionOf(part);
  if (part.type === "file") return [];
  const plain = part.type === "uri" ? part.uri : formatDataUri(part);
  const url = part.type === "blob" && typeof head === "string"
    ? head + part.content
    : textOf(uri) ?? plain;
  return [{ type: "image_url", image_url: { url, ...objectOf(inner) }, ...outer }];
}
