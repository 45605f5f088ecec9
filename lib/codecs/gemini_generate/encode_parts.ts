/** Parts of messages → parts of turns. */
import type { Losses } from "../../chat/losses.ts";
import { isMadeCallId } from "../../chat/call_id.ts";
import type {
  MediaPart,
  Message,
  Part,
  ReasoningPart,
  ToolCallPart,
  ToolCallResponsePart,
} from "../../chat/request.ts";
import { isObject, type Json, objectOf, parseJson } from "../../json/fields.ts";
import { FORMAT } from "./candidate_decoder.ts";
import { extensionOf, signatureOf } from "./extension.ts";
import { encodeMedia } from "./media_parts.ts";
import type { GeminiProfile } from "./profile.ts";
import type { WirePart } from "./wire.ts";

/** What every part is written by. */
export interface Writing {
  profile: GeminiProfile;
  losses: Losses;
}

/** What a person, or the model, says: everything but calls and results. */
export function encodePart(part: Part, writing: Writing): WirePart[] {
  switch (part.type) {
    case "text":
      return encodeText(part.content, part);
    case "refusal":
      return encodeText(part.content, {});
    case "blob":
    case "uri":
    case "file": {
      const media = encodeMedia(part, writing.profile);
      if (media === undefined) writing.losses.dropped("messages.content");
      else reportName(part, writing);
      return media === undefined ? [] : [media];
    }
    case "opaque": {
      const { part: wire } = extensionOf(part);
      if (!isObject(wire)) writing.losses.dropped("messages.content");
      return isObject(wire) ? [wire] : [];
    }
    default:
      return [];
  }
}

/** Only some platforms take the name of a file beside its bytes. */
function reportName(part: MediaPart, { profile, losses }: Writing): void {
  const named = part.type === "blob" && part.filename !== undefined;
  if (named && profile.displayNames !== true) losses.dropped("messages.content.filename");
}

/** Google refuses turns of nothing, so an empty text stays out; a signed one is how some streams end. */
function encodeText(text: string, part: Pick<Part, "extensions">): WirePart[] {
  const thoughtSignature = signatureOf(part);
  const { thoughtSignature: _, ...rest } = extensionOf(part);
  if (text === "" && thoughtSignature === undefined && Object.keys(rest).length === 0) return [];
  return [{ text, ...rest, ...(thoughtSignature !== undefined && { thoughtSignature }) }];
}

/** What the model said, thought and called before, in its order. */
export function encodeModelParts(message: Message, writing: Writing): WirePart[] {
  const parts: WirePart[] = [];
  const loose: string[] = [];
  for (const part of message.parts) {
    if (part.type === "tool_call") parts.push(encodeCall(part, writing));
    else if (part.type !== "reasoning") parts.push(...encodePart(part, writing));
    else if (part.format !== FORMAT) {
      // Another provider's thoughts prove nothing here, and its signatures are refused.
      writing.losses.dropped("messages.reasoning_content");
    } else if (part.redacted === true) loose.push(part.signature ?? "");
    else parts.push(encodeThought(part));
  }
  const ofText = signatureOf(message);
  const lastText = parts.findLast(({ text, thought }) => text !== undefined && thought !== true);
  if (ofText !== undefined && lastText !== undefined) lastText.thoughtSignature ??= ofText;
  signCalls(parts, loose, writing);
  return parts;
}

/** A thought with its signature. */
export function encodeThought(part: ReasoningPart): WirePart {
  return {
    text: part.content,
    thought: true,
    ...(part.signature !== undefined && { thoughtSignature: part.signature }),
    ...extensionOf(part),
  };
}

/**
 * What Google accepts in place of a signature that a client lost, or of one that another model's call never
 * had, on both platforms. https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
export const NO_SIGNATURE = "skip_thought_signature_validator";

/** Of several calls at once only the first is signed, so one signature speaks for all of them. */
function signCalls(
  parts: WirePart[],
  loose: readonly string[],
  { profile, losses }: Writing,
): void {
  const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
  const [first] = calls;
  if (first === undefined || calls.some((part) => part.thoughtSignature !== undefined)) return;
  const signature = loose.find(Boolean);
  if (signature !== undefined) first.thoughtSignature = signature;
  else if (profile.signatures === true) {
    first.thoughtSignature = NO_SIGNATURE;
    losses.filled("messages.tool_calls.extra_content");
  }
}

/** A call, with its signature beside it. */
export function encodeCall(part: ToolCallPart, { profile }: Writing): WirePart {
  const thoughtSignature = signatureOf(part);
  const { thoughtSignature: _, ...rest } = extensionOf(part);
  return {
    functionCall: { ...idOf(part.id, profile), name: part.name, args: argumentsOf(part) },
    ...rest,
    ...(thoughtSignature !== undefined && { thoughtSignature }),
  };
}

/** An id that was only made for the caller says nothing to Google. */
function idOf(id: string, { callIds }: GeminiProfile): { id?: string } {
  return callIds && id !== "" && !isMadeCallId(id) ? { id } : {};
}

/** Arguments are an object; whatever else a model wrote is shown as it is. */
function argumentsOf({ kind, arguments: text }: ToolCallPart): Json {
  if (kind === "custom") return { input: text };
  const args = parseJson(text.trim() === "" ? "{}" : text);
  if (isObject(args)) return args;
  return args === null ? {} : { _raw: text };
}

/** The result of a call. Its name is the call's: results of other dialects have none. */
export function encodeResult(
  part: ToolCallResponsePart,
  name: string,
  writing: Writing,
): { result: WirePart; media: WirePart[] } {
  const { profile, losses } = writing;
  const pieces = part.response.filter((each): each is MediaPart => each.type !== "text")
    .flatMap((each) => encodePart(each, writing));
  const inside = profile.mediaInResults === true;
  if (pieces.length > 0 && !inside) losses.emulated("messages.content");
  const { inner, ...rest } = extensionOf(part);
  const functionResponse = {
    ...idOf(part.id, profile),
    name,
    response: responseOf(part),
    ...(inside && pieces.length > 0 && { parts: pieces }),
    ...objectOf(inner),
  };
  return { result: { functionResponse, ...rest }, media: inside ? [] : pieces };
}

/** An object as it is; anything else under the name Google gives it. */
function responseOf(part: ToolCallResponsePart): Json {
  const text = part.response.map((each) => each.type === "text" ? each.content : "")
    .filter((each) => each !== "").join("\n");
  const value = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  if (isObject(value)) return value;
  return part.isError === true ? { error: text } : { result: text };
}
