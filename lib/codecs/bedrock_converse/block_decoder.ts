import type { ChatEvent } from "../../chat/event.ts";
import type { Part } from "../../chat/request.ts";
import { isObject, type Json, objectOf, parseJson, textOf } from "../../json/fields.ts";
import {
  type AnswerContext,
  decodeAnswerBlocks,
  decodeCall,
  decodeCitation,
  isServerTool,
  opaque,
  redactedThought,
  type Stretch,
  thoughtOf,
} from "./answer_blocks.ts";

/** A block that has begun at the provider; its part begins with the first that is known of it. */
interface OpenBlock {
  part?: number;
  kind?: "text" | "reasoning" | "call";
  /** A call whose arguments have not begun. */
  empty: boolean;
  /** Where its text stands, once there is some. */
  place?: Stretch;
  citations: Json[];
  /** What only this protocol understands, gathered until the block ends. */
  opaque?: { block: Json; input: string; results: unknown[] };
  redacted: string;
}

/** Reads the content blocks of one stream, which may overlap. */
export class BlockDecoder {
  readonly #context: AnswerContext;
  readonly #open = new Map<unknown, OpenBlock>();
  #next = 0;
  /** Where the latest text stands. */
  #last: Stretch = { from: 0, to: 0 };
  #text = 0;
  /** Whether the client's tools are called. */
  called = false;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  /** Text and thoughts may begin without this. */
  start(index: unknown, start: Json, out: ChatEvent[]): void {
    const block = this.#blockOf(index);
    const { toolUse } = start;
    if (isObject(toolUse) && !isServerTool(toolUse)) {
      this.called = true;
      block.kind = "call";
      const call = decodeCall(toolUse, this.#context.id, Number(index));
      block.part = this.#begin({ ...call, arguments: "" }, out);
    } else if (Object.keys(start).length > 0) {
      block.opaque = { block: start, input: "", results: [] };
    }
  }

  add(index: unknown, delta: Json, out: ChatEvent[]): void {
    const block = this.#blockOf(index);
    const { text, toolUse, toolResult, reasoningContent, citation, image } = delta;
    if (typeof text === "string") this.#addText(block, "text", text, out);
    if (isObject(toolUse)) this.#addInput(block, textOf(toolUse.input) ?? "", out);
    if (Array.isArray(toolResult)) block.opaque?.results.push(...toolResult as unknown[]);
    if (isObject(reasoningContent)) this.#addThought(block, reasoningContent, out);
    if (isObject(citation)) block.citations.push(citation);
    if (isObject(image) && block.opaque !== undefined) {
      block.opaque.block = { image: { ...objectOf(block.opaque.block.image), ...image } };
    }
  }

  stop(index: unknown, out: ChatEvent[]): void {
    const block = this.#open.get(index);
    if (block === undefined) return;
    this.#open.delete(index);
    if (block.kind === "call" && block.empty) this.#say(block, "{}", out);
    if (block.part !== undefined) this.#end(block.part, out);
    if (block.redacted !== "") {
      this.#whole(redactedThought(block.redacted, this.#context.signatures), out);
    }
    if (block.opaque !== undefined) {
      for (const part of this.#finished(block.opaque)) this.#whole(part, out);
    }
    const place = block.place ?? this.#last;
    for (const each of block.citations) this.#whole(decodeCitation(each, place), out);
  }

  /** The answer is over, whether or not its blocks were closed. */
  end(out: ChatEvent[]): void {
    for (const index of [...this.#open.keys()]) this.stop(index, out);
  }

  #blockOf(index: unknown): OpenBlock {
    let block = this.#open.get(index);
    if (block === undefined) {
      block = { empty: true, citations: [], redacted: "" };
      this.#open.set(index, block);
    }
    return block;
  }

  #addText(block: OpenBlock, kind: "text" | "reasoning", text: string, out: ChatEvent[]): void {
    if (text === "") return;
    if (kind === "text") {
      this.#last = block.place ??= { from: this.#text, to: this.#text };
      this.#text += text.length;
      block.place.to = this.#text;
    }
    if (block.part !== undefined) return this.#say(block, text, out);
    block.kind = kind;
    const part: Part = kind === "text"
      ? { type: kind, content: text }
      : thoughtOf(text, this.#context.signatures);
    block.part = this.#begin(part, out);
  }

  #addInput(block: OpenBlock, input: string, out: ChatEvent[]): void {
    if (block.opaque !== undefined) block.opaque.input += input;
    else if (block.kind === "call" && input !== "") this.#say(block, input, out);
  }

  /** A signature comes after the thought, or alone. */
  #addThought(block: OpenBlock, wire: Json, out: ChatEvent[]): void {
    const { text, signature, redactedContent } = wire;
    if (typeof text === "string") this.#addText(block, "reasoning", text, out);
    block.redacted += textOf(redactedContent) ?? "";
    const signed = textOf(signature);
    if (signed === undefined) return;
    if (block.part === undefined) {
      block.kind = "reasoning";
      const part = { ...thoughtOf("", this.#context.signatures), signature: signed };
      block.part = this.#begin(part, out);
      return;
    }
    out.push({ type: "part-delta", choice: 0, index: block.part, delta: "", signature: signed });
  }

  #begin(part: Part, out: ChatEvent[]): number {
    const index = this.#next++;
    out.push({ type: "part-start", choice: 0, index, part });
    return index;
  }

  #say(block: OpenBlock, delta: string, out: ChatEvent[]): void {
    if (block.part === undefined) return;
    block.empty = false;
    out.push({ type: "part-delta", choice: 0, index: block.part, delta });
  }

  #end(index: number, out: ChatEvent[]): void {
    out.push({ type: "part-end", choice: 0, index });
  }

  #whole(part: Part, out: ChatEvent[]): void {
    this.#end(this.#begin(part, out), out);
  }

  /** What was gathered of a block, as a whole answer has it. */
  #finished({ block, input, results }: NonNullable<OpenBlock["opaque"]>): Part[] {
    const { toolUse, toolResult, image } = block;
    if (isObject(toolUse)) {
      return [opaque({ toolUse: { ...toolUse, input: parseJson(input) ?? {} } })];
    }
    if (isObject(toolResult)) return [opaque({ toolResult: { ...toolResult, content: results } })];
    return isObject(image) ? decodeAnswerBlocks([block], this.#context) : [opaque(block)];
  }
}
