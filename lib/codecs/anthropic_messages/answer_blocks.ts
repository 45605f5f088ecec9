/** Content blocks that mean the same in a whole answer, in a stream and in a conversation. */
import type { CitationPart, OpaquePart, ReasoningPart, ToolCallPart } from "../../chat/request.ts";
import { type Json, restOf, textOf } from "../../json/fields.ts";
import { extend } from "./extension.ts";
import { PROTOCOL, THINKING_FORMAT } from "./profile.ts";
import { decodeToolName } from "./tool_name.ts";

const THINKING_MEMBERS = new Set(["type", "thinking", "signature"]);
const REDACTED_MEMBERS = new Set(["type", "data"]);
const CALL_MEMBERS = new Set(["type", "id", "name", "input", "caller"]);

/** A thought, which may be a signature and nothing else. */
export function decodeThinking(block: Json): ReasoningPart {
  const signature = textOf(block.signature);
  return {
    type: "reasoning",
    content: textOf(block.thinking) ?? "",
    ...(signature !== undefined && { signature }),
    format: THINKING_FORMAT,
    ...extend(restOf(block, THINKING_MEMBERS)),
  };
}

/** A thought that only Anthropic can read. */
export function decodeRedacted(block: Json): ReasoningPart {
  return {
    type: "reasoning",
    content: "",
    signature: String(block.data ?? ""),
    redacted: true,
    format: THINKING_FORMAT,
    ...extend(restOf(block, REDACTED_MEMBERS)),
  };
}

/** A call of the client's tool, its arguments as JSON text. */
export function decodeCall(block: Json, args: string): ToolCallPart {
  const { caller } = block as { caller?: { type?: unknown } };
  return {
    type: "tool_call",
    id: String(block.id ?? ""),
    name: decodeToolName(String(block.name ?? "")),
    arguments: args,
    kind: "function",
    ...extend({
      ...restOf(block, CALL_MEMBERS),
      // The model itself calls unless something else is said.
      ...(caller && caller.type !== "direct" && { caller }),
    }),
  };
}

/** A block that only Anthropic understands, above all of tools it runs itself: never the client's call. */
export function decodeOpaque(block: Json): OpaquePart {
  return { type: "opaque", extensions: { [PROTOCOL]: { block } } };
}

/**
 * The sources of a text, which stands at `start` among the answer's words. One that has an address is a
 * citation for everybody; places in the caller's own documents are for who speaks Anthropic's protocol.
 */
export function decodeCitations(
  citations: readonly Json[],
  start: number,
  end: number,
): (CitationPart | OpaquePart)[] {
  return citations.map((citation) => {
    const uri = textOf(citation.url);
    const extensions = { [PROTOCOL]: { citation } };
    if (uri === undefined) return { type: "opaque", extensions };
    const title = textOf(citation.title);
    return {
      type: "citation",
      uri,
      ...(title !== undefined && { title }),
      start,
      end,
      extensions,
    };
  });
}
