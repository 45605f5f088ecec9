/** Turns → a neutral conversation. */
import type {
  MediaPart,
  Message,
  Modality,
  Part,
  TextPart,
  ToolCallResponsePart,
} from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { type AnswerContext, decodeAnswerBlocks, opaque } from "./answer_blocks.ts";
import { mimeTypeOf } from "./media_formats.ts";
import { extend, PROTOCOL } from "./profile.ts";

/** The system's blocks are one message. */
export function decodeSystem(blocks: readonly Json[]): Message[] {
  if (blocks.length === 0) return [];
  return [{ role: "system", parts: withPoints(blocks, decodeSpoken) }];
}

/** Reads the turns; throws 2019 naming the one that can't be read. */
export function decodeTurns(turns: readonly Json[], signatures: string): Message[] {
  const context: AnswerContext = { id: "", signatures };
  return turns.map(({ role, content }, at) => {
    const blocks = objectsOf(content);
    if (role === "assistant") {
      return { role, parts: withPoints(blocks, (block) => decodeAnswerBlocks([block], context)) };
    }
    if (role !== "user") return refuse(`messages[${at}].role`, "user or assistant");
    const parts = withPoints(blocks, decodeSpoken);
    const results = parts.length > 0 && parts.every(({ type }) => type === "tool_call_response");
    return { role: results ? "tool" : "user", parts };
  });
}

/** A cache point belongs to what stands before it. */
function withPoints(blocks: readonly Json[], decode: (block: Json) => Part[]): Part[] {
  const parts: Part[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (!isObject(block.cachePoint) || last === undefined) {
      parts.push(...decode(block));
      continue;
    }
    const own = { ...last.extensions?.[PROTOCOL], cachePoint: block.cachePoint };
    last.extensions = { ...last.extensions, [PROTOCOL]: own };
  }
  return parts;
}

function decodeSpoken(block: Json): Part[] {
  if (typeof block.text === "string") return [{ type: "text", content: block.text }];
  if (isObject(block.toolResult)) return [decodeResult(block.toolResult)];
  return [decodeMedia(block) ?? opaque(block)];
}

const MODALITIES: readonly Modality[] = ["image", "document", "video", "audio"];

function decodeMedia(block: Json): MediaPart | undefined {
  const modality = MODALITIES.find((each) => isObject(block[each]));
  if (modality === undefined) return undefined;
  const { format, source, name, ...rest } = objectOf(block[modality]);
  const { bytes, s3Location } = objectOf(source);
  const mimeType = mimeTypeOf(modality, String(format));
  const more = Object.keys(rest).length > 0 ? { document: rest } : {};
  if (isObject(s3Location) && typeof s3Location.uri === "string") {
    const { uri, ...where } = s3Location;
    const kept = Object.keys(where).length > 0 ? { ...more, s3Location: where } : more;
    return { type: "uri", modality, mimeType, uri: String(uri), ...extend(kept) };
  }
  if (typeof bytes !== "string") return undefined;
  const filename = textOf(name);
  return {
    type: "blob",
    modality,
    mimeType,
    content: bytes,
    ...(filename !== undefined && { filename }),
    ...extend(more),
  };
}

function decodeResult({ toolUseId, content, status }: Json): ToolCallResponsePart {
  const blocks = objectsOf(content);
  const response = blocks.map(decodeResultBlock);
  const known = response.filter((each) => each !== undefined);
  return {
    type: "tool_call_response",
    id: String(toolUseId ?? ""),
    response: known,
    ...(status === "error" && { isError: true }),
    ...extend({
      ...(status === "success" && { status }),
      ...(known.length < blocks.length && { blocks }),
    }),
  };
}

function decodeResultBlock(block: Json): TextPart | MediaPart | undefined {
  if (typeof block.text === "string") return { type: "text", content: block.text };
  if (block.json === undefined) return decodeMedia(block);
  return { type: "text", content: JSON.stringify(block.json), ...extend({ json: block.json }) };
}
