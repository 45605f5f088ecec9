import type { ChatEvent, PartDeltaEvent } from "../../chat/event.ts";
import type { Part } from "../../chat/request.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  restOf,
  textOf,
} from "../../json/fields.ts";
import {
  decodeCall,
  decodeCitations,
  decodeOpaque,
  decodeRedacted,
  decodeThinking,
} from "./answer_blocks.ts";
import { extend } from "./extension.ts";
import type { TextDelta } from "./text_delta.ts";
import { JSON_TOOL } from "./tool_name.ts";

/** A block between its start and its stop. */
interface OpenBlock {
  /** What its deltas add to; `json` is a call that stands for the answer's text. */
  kind: "text" | "reasoning" | "call" | "json" | "opaque";
  /** Of the part it became. */
  index: number;
  /** Something of the arguments came. */
  written: boolean;
  /** The arguments the block began with: whole where no deltas follow. */
  input: Json;
  /** Arguments of a server's tool, kept until they are whole. */
  json: string;
  citations: Json[];
  /** Where its text begins among the answer's, and its length so far. */
  start: number;
  length: number;
}

const TEXT_MEMBERS = new Set(["type", "text", "citations"]);

/** Reads the blocks of one stream, which are told apart by their index and may overlap. */
export class BlockDecoder {
  readonly #open = new Map<unknown, OpenBlock>();
  #next = 0;
  #textLength = 0;
  /** The answer calls a tool of the client's. */
  called = false;

  start({ index, content_block }: Json, out: ChatEvent[]): void {
    if (!isObject(content_block) || this.#open.has(index)) return;
    const block = this.#begin(content_block, out);
    if (block !== undefined) this.#open.set(index, block);
  }

  add({ index, delta }: Json, out: ChatEvent[]): void {
    const block = this.#open.get(index);
    if (block === undefined || !isObject(delta)) return;
    switch (delta.type) {
      case "text_delta":
        return this.#text(block, textOf(delta.text), out);
      case "input_json_delta":
        return this.#arguments(block, textOf(delta.partial_json), out);
      case "thinking_delta":
        return this.#text(block, textOf(delta.thinking), out);
      case "signature_delta":
        return this.#sign(block, textOf(delta.signature), out);
      case "citations_delta":
        if (isObject(delta.citation)) block.citations.push(delta.citation);
        return;
      case "compaction_delta":
        return this.#extend(block, { content: delta.content }, out);
    }
  }

  /** The same for words alone. */
  addText({ index, text, quoted }: TextDelta): ChatEvent[] {
    const block = this.#open.get(index);
    const event = block && this.#words(block, text);
    if (event === undefined) return [];
    event.quoted = quoted;
    return [event];
  }

  stop({ index }: Json, out: ChatEvent[]): void {
    const block = this.#open.get(index);
    if (block === undefined) return;
    this.#open.delete(index);
    this.#close(block, out);
  }

  /** Ends what a provider forgot to end. */
  stopAll(out: ChatEvent[]): void {
    for (const block of this.#open.values()) this.#close(block, out);
    this.#open.clear();
  }

  /** A part that comes in one piece. */
  whole(part: Part, out: ChatEvent[]): void {
    const index = this.#part(part, out);
    out.push({ type: "part-end", choice: 0, index });
  }

  #part(part: Part, out: ChatEvent[]): number {
    const index = this.#next++;
    out.push({ type: "part-start", choice: 0, index, part });
    return index;
  }

  #begin(wire: Json, out: ChatEvent[]): OpenBlock | undefined {
    switch (wire.type) {
      case "text": {
        const content = textOf(wire.text) ?? "";
        const part: Part = { type: "text", content, ...extend(restOf(wire, TEXT_MEMBERS)) };
        const block = this.#block("text", part, out);
        block.citations.push(...objectsOf(wire.citations));
        block.length = content.length;
        this.#textLength += content.length;
        return block;
      }
      case "thinking":
        return this.#block("reasoning", decodeThinking(wire), out);
      case "redacted_thinking":
        this.whole(decodeRedacted(wire), out);
        return undefined;
      case "tool_use":
        return this.#call(wire, out);
      default:
        return this.#block("opaque", decodeOpaque(wire), out);
    }
  }

  #call(wire: Json, out: ChatEvent[]): OpenBlock {
    const json = wire.name === JSON_TOOL;
    if (!json) this.called = true;
    const block = json
      ? this.#block("json", { type: "text", content: "" }, out)
      : this.#block("call", decodeCall(wire, ""), out);
    block.input = objectOf(wire.input);
    return block;
  }

  #block(kind: OpenBlock["kind"], part: Part, out: ChatEvent[]): OpenBlock {
    return {
      kind,
      index: this.#part(part, out),
      written: false,
      input: {},
      json: "",
      citations: [],
      start: this.#textLength,
      length: 0,
    };
  }

  #text(block: OpenBlock, delta: string | undefined, out: ChatEvent[]): void {
    const event = delta === undefined ? undefined : this.#words(block, delta);
    if (event !== undefined) out.push(event);
  }

  /** More of a text or of thoughts; a text's length is kept for its citations. */
  #words(block: OpenBlock, delta: string): PartDeltaEvent | undefined {
    if (block.kind !== "text" && block.kind !== "reasoning") return undefined;
    if (block.kind === "text") {
      block.length += delta.length;
      this.#textLength += delta.length;
    }
    return { type: "part-delta", choice: 0, index: block.index, delta };
  }

  #arguments(block: OpenBlock, delta: string | undefined, out: ChatEvent[]): void {
    if (delta === undefined) return;
    if (block.kind === "opaque") {
      block.json += delta;
      return;
    }
    if (block.kind !== "call" && block.kind !== "json") return;
    block.written = true;
    out.push({ type: "part-delta", choice: 0, index: block.index, delta });
  }

  #sign(block: OpenBlock, signature: string | undefined, out: ChatEvent[]): void {
    if (signature === undefined || block.kind !== "reasoning") return;
    out.push({ type: "part-delta", choice: 0, index: block.index, delta: "", signature });
  }

  #extend(block: OpenBlock, members: Json, out: ChatEvent[]): void {
    if (block.kind !== "opaque") return;
    const { extensions } = extend({ block: members });
    out.push({ type: "part-delta", choice: 0, index: block.index, delta: "", extensions });
  }

  #close(block: OpenBlock, out: ChatEvent[]): void {
    const { kind, index, citations, start, length } = block;
    const calls = kind === "call" || kind === "json";
    if (calls && !block.written) {
      const delta = JSON.stringify(block.input);
      out.push({ type: "part-delta", choice: 0, index, delta });
    }
    if (block.json !== "") {
      const input = parseJson(block.json);
      this.#extend(block, { input: isObject(input) ? input : block.json }, out);
    }
    out.push({ type: "part-end", choice: 0, index });
    for (const part of decodeCitations(citations, start, start + length)) this.whole(part, out);
  }
}
