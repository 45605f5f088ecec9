/** Parts of a message → blocks. Blank text is refused ("The text field … is blank"), so it is left out. */
import type { Losses } from "../../chat/losses.ts";
import type {
  BlobPart,
  MediaPart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolCallResponsePart,
  UriPart,
} from "../../chat/request.ts";
import { isObject, type Json, parseJson } from "../../json/fields.ts";
import { encodeToolName } from "../../chat/tool_name.ts";
import type { CachePoints } from "./cache_points.ts";
import { DocumentNames } from "./document_names.ts";
import { formatOf } from "./media_formats.ts";
import { type BedrockCapabilities, extensionOf } from "./profile.ts";
import type { WireBlock, WireFile } from "./wire.ts";

/** What writing the blocks of one request needs to know. */
export class BlockContext {
  readonly capabilities: BedrockCapabilities;
  readonly losses: Losses;
  readonly points: CachePoints;
  readonly names: DocumentNames = new DocumentNames();

  constructor(capabilities: BedrockCapabilities, losses: Losses, points: CachePoints) {
    this.capabilities = capabilities;
    this.losses = losses;
    this.points = points;
  }
}

/** What somebody says or shows: everything but thoughts, calls and results. */
export function encodeSpoken(parts: readonly Part[], context: BlockContext): WireBlock[] {
  return parts.flatMap((part) => {
    const blocks = encodePart(part, context);
    const marked = blocks.length > 0 && mayBeMarked(blocks);
    return marked ? [...blocks, ...context.points.after(part, "messages")] : blocks;
  });
}

/** A cache point after a document that is no PDF is refused. */
function mayBeMarked(blocks: readonly WireBlock[]): boolean {
  return blocks.every(({ document }) => document === undefined || document.format === "pdf");
}

function encodePart(part: Part, context: BlockContext): WireBlock[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return encodeText(part.content);
    case "blob":
    case "uri":
    case "file":
      return encodeMedia(part, context);
    case "opaque":
      return encodeOpaque(extensionOf(part).block, context.losses);
    default:
      return [];
  }
}

/** A block of text, unless it is blank. */
export function encodeText(text: string): WireBlock[] {
  return text.trim() === "" ? [] : [{ text }];
}

function encodeOpaque(block: unknown, losses: Losses): WireBlock[] {
  if (isObject(block)) return [block];
  losses.dropped("messages.content");
  return [];
}

function encodeMedia(part: MediaPart, context: BlockContext): WireBlock[] {
  const block = part.type === "file" ? undefined : mediaBlock(part, context);
  if (block === undefined) context.losses.dropped("messages.content");
  return block === undefined ? [] : [block];
}

function mediaBlock(part: BlobPart | UriPart, context: BlockContext): WireBlock | undefined {
  const { modality } = part;
  const name = part.type === "blob" ? part.filename : part.uri;
  const format = formatOf(modality, part.mimeType, name);
  if (format === undefined) return undefined;
  const file: WireFile = { format, source: sourceOf(part) };
  if (modality !== "document") return { [modality]: file };
  return { document: { ...file, name: context.names.take(name), ...documentOptions(part) } };
}

function documentOptions(part: MediaPart): Json {
  const { document } = extensionOf(part);
  return isObject(document) ? document : {};
}

/** Bedrock fetches from its own storage only. */
export function fetchesMedia({ uri }: UriPart): boolean {
  return uri.startsWith("s3://");
}

function sourceOf(part: BlobPart | UriPart): WireFile["source"] {
  if (part.type === "blob") return { bytes: part.content };
  const { s3Location } = extensionOf(part);
  return { s3Location: { uri: part.uri, ...(isObject(s3Location) && s3Location) } };
}

/** The result of a call, sent under `id`. */
export function encodeResult(
  part: ToolCallResponsePart,
  id: string,
  context: BlockContext,
): WireBlock[] {
  const { status, blocks } = extensionOf(part);
  const content = part.response.flatMap((each) => encodeResultPart(each, context));
  const told = part.isError === true ? "error" : status;
  const toolResult = {
    toolUseId: id,
    content: Array.isArray(blocks) ? blocks as WireBlock[] : content,
    ...(typeof told === "string" && { status: told }),
  };
  return [{ toolResult }, ...context.points.after(part, "messages")];
}

function encodeResultPart(part: TextPart | MediaPart, context: BlockContext): WireBlock[] {
  const { json } = extensionOf(part);
  if (json !== undefined) return [{ json } as WireBlock];
  return encodePart(part, context);
}

/** A call, sent under `id`. Its input is an object, whatever the model once wrote. */
export function encodeCall(part: ToolCallPart, id: string, losses?: Losses): WireBlock {
  return {
    toolUse: { toolUseId: id, name: encodeToolName(part.name, 64), input: inputOf(part, losses) },
  };
}

function inputOf({ arguments: text }: ToolCallPart, losses: Losses | undefined): Json {
  if (text.trim() === "" || text.trim() === "null") return {};
  const input = parseJson(text);
  if (isObject(input)) return input;
  losses?.emulated("messages.tool_calls.function.arguments");
  return { _raw: text };
}

/** A thought, if the model takes it back: a signature alone is one too. */
export function encodeThought(
  part: ReasoningPart,
  capabilities: BedrockCapabilities,
  losses: Losses,
): WireBlock[] {
  if (!isTaken(part, capabilities)) {
    losses.dropped("messages.reasoning_content");
    return [];
  }
  const { content: text, signature, redacted } = part;
  if (redacted === true) return [{ reasoningContent: { redactedContent: signature } }];
  const reasoningText = { text, ...(signature !== undefined && { signature }) };
  return [{ reasoningContent: { reasoningText } }];
}

/** Whether a part is a thought that the model takes back. */
export function isTaken(part: Part, { replay, signatures }: BedrockCapabilities): boolean {
  if (part.type !== "reasoning" || replay === "none") return false;
  const { content, signature, format } = part;
  if (format !== undefined && format !== signatures) return false;
  return signature !== undefined || (replay === "any" && content !== "");
}
