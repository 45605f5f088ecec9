/**
 * A conversation → turns. Everything that answers the calls of one turn stands at the beginning of the
 * user's next one: Anthropic refuses a call without a result, and words before a result.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
 */
import type { Message, ToolCallResponsePart } from "../../chat/request.ts";
import { encodeAnswered, encodeResult, encodeSpoken, textBlocks } from "./encode_blocks.ts";
import type { MediaContext } from "./encode_media.ts";
import { extensionOf, sharedMembers } from "./extension.ts";
import { ToolUseIds } from "./tool_use_ids.ts";
import type { WireBlock, WireTurn } from "./wire.ts";

/** A conversation as Anthropic has it. */
export interface Conversation {
  system?: string | WireBlock[];
  messages: WireTurn[];
}

/** What a message without words is written as, where one must stand. */
const NOTHING: WireBlock = { type: "text", text: "(empty)" };
/** Asks for the next answer where the conversation does not. */
const CONTINUE: WireTurn = { role: "user", content: "Continue." };
const NO_RESULT = "No result was given for this tool call.";

/** Writes a conversation; `prefill`: whether the model continues a last message of the assistant. */
export function encodeConversation(
  messages: readonly Message[],
  context: MediaContext,
  prefill: boolean,
): Conversation {
  const builder = new TurnBuilder(context);
  for (const message of messages) builder.add(message);
  const { system, turns } = builder.end();
  return {
    ...(system !== undefined && { system }),
    messages: withEnds(turns, context, prefill),
  };
}

/** The user has the first word, and the last one unless the model goes on by itself. */
function withEnds(turns: WireTurn[], { losses }: MediaContext, prefill: boolean): WireTurn[] {
  const out = [...turns];
  if (out[0]?.role !== "user" && out[0]?.role !== "system") {
    losses.emulated("messages");
    out.unshift(CONTINUE);
  }
  const last = out.at(-1);
  if (last?.role !== "assistant") return out;
  if (!prefill) {
    losses.emulated("messages");
    return [...out, CONTINUE];
  }
  // White space at the end of what is to be continued is refused.
  out[out.length - 1] = { ...last, content: trimmedEnd(last.content) };
  return out;
}

function trimmedEnd(content: WireTurn["content"]): WireTurn["content"] {
  if (typeof content === "string") return content.trimEnd();
  const last = content.at(-1);
  if (last?.type !== "text" || typeof last.text !== "string") return content;
  return [...content.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

/** A call that waits for its result, by the id its caller knows. */
interface OpenCall {
  id: string;
  sentId: string;
}

/** The user's turn that answers calls. */
interface Answering {
  place: number;
  open: OpenCall[];
  results: WireBlock[];
  /** The words of the one message that may follow in the same turn. */
  words?: WireBlock[];
}

class TurnBuilder {
  readonly #context: MediaContext;
  readonly #ids: ToolUseIds;
  readonly #turns: WireTurn[] = [];
  readonly #system: WireBlock[] = [];
  #systemIsList = false;
  #answering: Answering | undefined;

  constructor(context: MediaContext) {
    this.#context = context;
    this.#ids = new ToolUseIds(context.losses);
  }

  add(message: Message): void {
    if (message.name !== undefined) this.#context.losses.dropped("messages.name");
    switch (message.role) {
      case "system":
      case "developer":
        return this.#addSystem(message);
      case "assistant":
        return this.#addAssistant(message);
      default:
        return this.#addUser(message);
    }
  }

  end(): { system?: string | WireBlock[]; turns: WireTurn[] } {
    this.#settle();
    const system = this.#system.length === 0
      ? undefined
      : compact(this.#system, this.#systemIsList);
    return { ...(system !== undefined && { system }), turns: this.#turns };
  }

  #addSystem(message: Message): void {
    const { inline, list } = extensionOf(message);
    const blocks = this.#blocks(message);
    if (inline === true) {
      this.#settle();
      this.#push("system", blocks, list === true);
      return;
    }
    // What the system says amid a conversation is said at its beginning.
    if (this.#turns.length > 0) this.#context.losses.emulated("messages");
    this.#system.push(...blocks);
    this.#systemIsList ||= list === true;
  }

  #addAssistant(message: Message): void {
    this.#settle();
    const open: OpenCall[] = [];
    const blocks = encodeAnswered(message, this.#context, ({ id }) => {
      const sentId = this.#ids.take(id);
      open.push({ id, sentId });
      return sentId;
    });
    mark(blocks, message);
    if (blocks.length === 0) return;
    this.#push("assistant", blocks, extensionOf(message).list === true);
    if (open.length === 0) return;
    this.#answering = { place: this.#turns.length, open, results: [], words: undefined };
    this.#turns.push({ role: "user", content: [] });
  }

  #addUser(message: Message): void {
    const results = message.parts.filter((part) => part.type === "tool_call_response");
    const known = results.map((part) => this.#result(part));
    const strays = known.flatMap(({ stray }) => stray ?? []);
    const words = [...strays, ...this.#blocks(message)];
    const answers = known.flatMap(({ block }) => block ?? []);
    if (words.length === 0) mark(answers, message);
    this.#answering?.results.push(...answers);
    if (words.length === 0 && results.length > 0) return;
    if (this.#answering !== undefined && this.#answering.words === undefined) {
      this.#answering.words = words;
      return;
    }
    this.#push("user", words, extensionOf(message).list === true);
  }

  #blocks(message: Message): WireBlock[] {
    const blocks = encodeSpoken(message.parts, this.#context);
    mark(blocks, message);
    return blocks;
  }

  /** A result of no open call would be refused: it is told in words. */
  #result(part: ToolCallResponsePart): { block?: WireBlock; stray?: WireBlock[] } {
    const open = this.#answering?.open ?? [];
    const at = open.findIndex(({ id }) => id === part.id);
    const [call] = at < 0 ? [] : open.splice(at, 1);
    if (call !== undefined) return { block: encodeResult(part, call.sentId, this.#context) };
    this.#context.losses.emulated("messages");
    const words = part.response.map((each) => each.type === "text" ? each.content : "").join("\n");
    return { stray: textBlocks({ type: "text", content: `Result of a tool call: ${words}` }) };
  }

  /** Nothing more can answer the calls of the last turn: what is missing is filled in. */
  #settle(): void {
    const answering = this.#answering;
    if (answering === undefined) return;
    this.#answering = undefined;
    const missing = answering.open.map(({ sentId }): WireBlock => ({
      type: "tool_result",
      tool_use_id: sentId,
      content: NO_RESULT,
      is_error: true,
    }));
    if (missing.length > 0) this.#context.losses.emulated("messages");
    const content = [...answering.results, ...missing, ...answering.words ?? []];
    this.#turns[answering.place] = { role: "user", content };
  }

  #push(role: WireTurn["role"], blocks: WireBlock[], list: boolean): void {
    if (blocks.length === 0) this.#context.losses.emulated("messages");
    const content = blocks.length === 0 ? [NOTHING] : blocks;
    this.#turns.push({ role, content: compact(content, list) });
  }
}

/** A mark on the whole message goes to its last block, which is what it means. */
function mark(blocks: WireBlock[], message: Message): void {
  const last = blocks.at(-1);
  if (last !== undefined) Object.assign(last, sharedMembers(message, ["cache_control"]));
}

/** One plain text is a string, unless the caller wrote it as a list. */
function compact(blocks: WireBlock[], list: boolean): string | WireBlock[] {
  const [first] = blocks;
  const plain = blocks.length === 1 && first?.type === "text" && Object.keys(first).length === 2;
  return plain && !list ? String(first.text) : blocks;
}
