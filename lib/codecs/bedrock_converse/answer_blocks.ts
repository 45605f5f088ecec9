/** The blocks of an answer → parts. What only this protocol knows is kept as it is. */
import { makeCallId } from "../../chat/call_id.ts";
import type { CitationPart, Part, ReasoningPart, ToolCallPart } from "../../chat/request.ts";
import { decodeToolName } from "../../chat/tool_name.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { mimeTypeOf } from "./media_formats.ts";
import { extend, PROTOCOL } from "./profile.ts";

/** What reading the blocks of one answer needs to know. */
export interface AnswerContext {
  /** Of the answer. */
  id: string;
  /** Whose signatures the model's thoughts bear. */
  signatures: string;
}

/** Where a text stands in the text of the whole answer. */
export interface Stretch {
  from: number;
  to: number;
}

/** Reads the content of a whole answer. */
export function decodeAnswerBlocks(blocks: readonly Json[], context: AnswerContext): Part[] {
  const parts: Part[] = [];
  const last: Stretch = { from: 0, to: 0 };
  blocks.forEach((block, at) => parts.push(...decodeBlock(block, context, at, last)));
  return parts;
}

function decodeBlock(block: Json, context: AnswerContext, at: number, last: Stretch): Part[] {
  const { text, toolUse, reasoningContent, citationsContent, image } = block;
  if (typeof text === "string") return decodeText(text, last);
  if (isObject(toolUse) && !isServerTool(toolUse)) return [decodeCall(toolUse, context.id, at)];
  if (isObject(reasoningContent)) return decodeThought(reasoningContent, context.signatures);
  if (isObject(citationsContent)) return decodeCited(citationsContent, last);
  if (isObject(image)) return decodeImage(image);
  return [opaque(block)];
}

/** A block that is nobody else's business. */
export function opaque(block: Json): Part {
  return { type: "opaque", extensions: { [PROTOCOL]: { block } } };
}

/** Amazon runs it itself: the caller must not be asked to. */
export function isServerTool({ type }: Json): boolean {
  return type === "server_tool_use";
}

/** Reads a call; `position` is its block's. */
export function decodeCall(toolUse: Json, answerId: string, position: number): ToolCallPart {
  return {
    type: "tool_call",
    id: textOf(toolUse.toolUseId) ?? makeCallId(answerId, 0, position),
    name: decodeToolName(String(toolUse.name ?? "")),
    arguments: JSON.stringify(toolUse.input ?? {}),
    kind: "function",
  };
}

/** A thought may be signed, and may be nothing but its signature. */
function decodeThought(wire: Json, format: string): ReasoningPart[] {
  const redacted = textOf(wire.redactedContent);
  if (redacted !== undefined) return [redactedThought(redacted, format)];
  const { text, signature } = objectOf(wire.reasoningText);
  const content = typeof text === "string" ? text : "";
  const signed = textOf(signature);
  if (content === "" && signed === undefined) return [];
  return [{ ...thoughtOf(content, format), ...(signed !== undefined && { signature: signed }) }];
}

/** A thought of a model whose signatures go by `format`, `""` standing for none. */
export function thoughtOf(content: string, format: string): ReasoningPart {
  return { type: "reasoning", content, ...(format !== "" && { format }) };
}

/** A thought only its model can read. */
export function redactedThought(signature: string, format: string): ReasoningPart {
  return { ...thoughtOf("", format), signature, redacted: true };
}

/** Moves `last` to the text it reads. */
function decodeText(content: string, last: Stretch): Part[] {
  if (content === "") return [];
  last.from = last.to;
  last.to += content.length;
  return [{ type: "text", content }];
}

/** Citations without a text of their own speak of the one before them. */
function decodeCited(wire: Json, last: Stretch): Part[] {
  const content = objectsOf(wire.content).map(({ text }) => textOf(text) ?? "").join("");
  const text = decodeText(content, last);
  return [...text, ...objectsOf(wire.citations).map((each) => decodeCitation(each, last))];
}

/** What a text rests on: a page, or a document of the request. */
export function decodeCitation(citation: Json, { from, to }: Stretch): CitationPart {
  const { web } = objectOf(citation.location);
  const { url, domain } = objectOf(web);
  const title = textOf(citation.title) ?? textOf(domain);
  return {
    type: "citation",
    uri: textOf(url) ?? textOf(citation.source) ?? "",
    ...(title !== undefined && { title }),
    start: from,
    end: to,
    ...extend({ citation }),
  };
}

function decodeImage(image: Json): Part[] {
  const content = textOf(objectOf(image.source).bytes);
  if (content === undefined) return [opaque({ image })];
  const mimeType = mimeTypeOf("image", String(image.format));
  return [{ type: "blob", modality: "image", mimeType, content }];
}
