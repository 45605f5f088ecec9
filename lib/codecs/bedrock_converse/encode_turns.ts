/**
 * A conversation → turns that alternate and begin with the user. Everything that answers the calls of one
 * turn stands at the beginning of the user's next one.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html
 */
import type { Message, Part, ToolCallResponsePart } from "../../chat/request.ts";
import {
  type BlockContext,
  encodeCall,
  encodeResult,
  encodeSpoken,
  encodeText,
  encodeThought,
} from "./encode_blocks.ts";
import { encodeCited } from "./encode_citations.ts";
import { CallIds } from "./call_ids.ts";
import type { WireBlock, WireTurn } from "./wire.ts";

/** A conversation as Bedrock has it. */
export interface Conversation {
  system: WireBlock[];
  messages: WireTurn[];
}

const NO_RESULT = "No result was given for this tool call.";
const CONTINUE: WireBlock = { text: "Continue." };

/** Writes a conversation; what has no words here is reported. */
export function encodeConversation(
  messages: readonly Message[],
  context: BlockContext,
): Conversation {
  const writer = new TurnWriter(context);
  for (const message of messages) writer.add(message);
  return writer.end();
}

/** A call that waits for its result, by the id its caller knows. */
interface OpenCall {
  id: string;
  sentId: string;
}

class TurnWriter {
  readonly #context: BlockContext;
  readonly #ids: CallIds;
  readonly #system: WireBlock[] = [];
  readonly #turns: WireTurn[] = [];
  /** What the user's present turn holds: results stand before everything else. */
  #results: WireBlock[] = [];
  #words: WireBlock[] = [];
  #open: OpenCall[] = [];

  constructor(context: BlockContext) {
    this.#context = context;
    this.#ids = new CallIds(context.capabilities.callIds, context.losses);
  }

  add(message: Message): void {
    if (message.name !== undefined) this.#context.losses.dropped("messages.name");
    const { role } = message;
    if (role === "system" || role === "developer") this.#addSystem(message);
    else if (role === "assistant") this.#addAssistant(message);
    else this.#addUser(message);
  }

  end(): Conversation {
    this.#endUser();
    this.#bringToAnEnd();
    const [first] = this.#turns;
    if (first?.role !== "assistant" && first !== undefined) {
      return { system: this.#system, messages: this.#turns };
    }
    this.#context.losses.emulated("messages");
    if (first === undefined && this.#system.length > 0) {
      return { system: [], messages: [{ role: "user", content: this.#system }] };
    }
    const opening: WireTurn = { role: "user", content: [CONTINUE] };
    return { system: this.#system, messages: [opening, ...this.#turns] };
  }

  /** What the system says amid a conversation is said at its beginning. */
  #addSystem(message: Message): void {
    const { capabilities, losses, points } = this.#context;
    if (this.#turns.length > 0 || this.#words.length > 0) losses.emulated("messages");
    const place = capabilities.system ? "system" : "messages";
    const blocks = message.parts.flatMap((part) => {
      const own = part.type === "text"
        ? encodeText(part.content)
        : encodeSpoken([part], this.#context);
      return own.length === 0 ? [] : [...own, ...points.after(part, place)];
    });
    if (blocks.length > 0) blocks.push(...points.after(message, place));
    if (capabilities.system) this.#system.push(...blocks);
    else this.#words.unshift(...blocks);
    if (!capabilities.system && blocks.length > 0) losses.emulated("messages");
  }

  #addAssistant(message: Message): void {
    const blocks: WireBlock[] = [];
    const calls: OpenCall[] = [];
    for (const part of message.parts) blocks.push(...this.#answered(part, message.parts, calls));
    if (blocks.length === 0) return;
    blocks.push(...this.#context.points.after(message, "messages"));
    this.#endUser();
    this.#open = calls;
    const last = this.#turns.at(-1);
    if (last?.role === "assistant") last.content.push(...blocks);
    else this.#turns.push({ role: "assistant", content: blocks });
  }

  #answered(part: Part, parts: readonly Part[], calls: OpenCall[]): WireBlock[] {
    const { capabilities, losses, points } = this.#context;
    switch (part.type) {
      case "reasoning":
        return encodeThought(part, capabilities, losses);
      case "tool_call": {
        const sentId = this.#ids.take(part.id);
        calls.push({ id: part.id, sentId });
        return [encodeCall(part, sentId, losses), ...points.after(part, "messages")];
      }
      case "text":
        return encodeCited(part, parts) ?? encodeSpoken([part], this.#context);
      case "citation":
        return [];
      default:
        return encodeSpoken([part], this.#context);
    }
  }

  #addUser(message: Message): void {
    const { points } = this.#context;
    const results = message.parts.filter((part) => part.type === "tool_call_response");
    const others = message.parts.filter((part) => part.type !== "tool_call_response");
    const words = encodeSpoken(others, this.#context);
    for (const part of results) this.#addResult(part);
    const said = words.length > 0;
    const target = said || results.length === 0 ? this.#words : this.#results;
    this.#words.push(...words);
    if (said || results.length > 0) target.push(...points.after(message, "messages"));
  }

  /** A result of no open call would be refused: it is told in words. */
  #addResult(part: ToolCallResponsePart): void {
    const at = this.#open.findIndex(({ id }) => id === part.id);
    const [call] = at < 0 ? [] : this.#open.splice(at, 1);
    if (call !== undefined) {
      this.#results.push(...encodeResult(part, call.sentId, this.#context));
      return;
    }
    this.#context.losses.emulated("messages");
    const told = part.response.map((each) => each.type === "text" ? each.content : "").join("\n");
    this.#words.push({ text: `Result of a tool call: ${told}` });
  }

  /** Closes the user's turn; what is missing among the results is filled in. */
  #endUser(): void {
    const missing = this.#open.map(({ sentId }): WireBlock => ({
      toolResult: { toolUseId: sentId, content: [{ text: NO_RESULT }], status: "error" },
    }));
    this.#open = [];
    if (missing.length > 0) this.#context.losses.emulated("messages");
    const content = [...this.#results, ...missing, ...withCompany(this.#words)];
    this.#results = [];
    this.#words = [];
    if (content.length > 0) this.#turns.push({ role: "user", content });
  }

  /** The user has the last word, unless the model continues what it has begun. */
  #bringToAnEnd(): void {
    const last = this.#turns.at(-1);
    if (last?.role !== "assistant") return;
    if (!this.#context.capabilities.prefill) {
      this.#context.losses.emulated("messages");
      this.#turns.push({ role: "user", content: [CONTINUE] });
      return;
    }
    // White space at the end of what is to be continued is refused.
    const end = last.content.at(-1);
    if (end?.text !== undefined) end.text = end.text.trimEnd();
  }
}

/** A document must not stand alone: it needs words beside it. */
function withCompany(words: WireBlock[]): WireBlock[] {
  const document = words.find((block) => block.document !== undefined)?.document;
  if (document === undefined || words.some(({ text }) => text !== undefined)) return words;
  return [...words, { text: document.name ?? "Document" }];
}
