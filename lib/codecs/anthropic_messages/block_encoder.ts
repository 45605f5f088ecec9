import type { PartDeltaEvent, PartEndEvent, PartStartEvent } from "../../chat/event.ts";
import type { Part, ReasoningPart } from "../../chat/request.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { encodeAnswerBlock, encodeSource, markSignature } from "./encode_answer_blocks.ts";
import { extensionOf } from "./extension.ts";

/** An event of Anthropic's, before it is text. */
export type WireEvent = Json & { type: string };

/** A part between its start and its end. */
interface OpenPart {
  part: Part;
  /** Of its block. */
  index: number;
  /** A signature has begun. */
  signed: boolean;
}

/** Numbers the blocks of one answer and writes them as parts begin, grow and end. */
export class BlockEncoder {
  readonly #open = new Map<number, OpenPart>();
  #next = 0;
  /** A text that is over: its sources may follow, so it is closed when something else does. */
  #last: number | undefined;
  /** What the model said in refusal; it stands beside the reason of the end. */
  refusal = "";

  encode(event: PartStartEvent | PartDeltaEvent | PartEndEvent): WireEvent[] {
    switch (event.type) {
      case "part-start":
        return this.#start(event);
      case "part-delta":
        return this.#add(event);
      case "part-end":
        return this.#end(event);
    }
  }

  /** Closes what is still open. */
  end(): WireEvent[] {
    const open = [...this.#open.values()].map(({ index }) => stop(index));
    this.#open.clear();
    return [...this.#closeLast(), ...open];
  }

  #start({ index: at, part }: PartStartEvent): WireEvent[] {
    const source = encodeSource(part);
    if (source !== undefined) return this.#cite(source);
    if (part.type === "refusal") {
      this.refusal += part.content;
      this.#open.set(at, { part, index: -1, signed: false });
      return [];
    }
    const block = encodeAnswerBlock(part);
    if (block === undefined) return [];
    const index = this.#next++;
    this.#open.set(at, { part, index, signed: false });
    const { begun, deltas } = split(block);
    return [
      ...this.#closeLast(),
      { type: "content_block_start", index, content_block: begun },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    ];
  }

  #cite(citation: Json): WireEvent[] {
    const texts = [...this.#open.values()].filter(({ part }) => part.type === "text");
    const index = this.#last ?? texts.at(-1)?.index;
    if (index === undefined) return [];
    return [{
      type: "content_block_delta",
      index,
      delta: { type: "citations_delta", citation },
    }];
  }

  #add(event: PartDeltaEvent): WireEvent[] {
    const open = this.#open.get(event.index);
    if (open === undefined) return [];
    const { part, index } = open;
    if (part.type === "refusal") {
      this.refusal += event.delta;
      return [];
    }
    const deltas = part.type === "reasoning" ? thought(open, part, event) : deltasOf(part, event);
    return deltas.map((delta) => ({ type: "content_block_delta", index, delta }));
  }

  #end({ index: at }: PartEndEvent): WireEvent[] {
    const open = this.#open.get(at);
    if (open === undefined) return [];
    this.#open.delete(at);
    if (open.part.type === "refusal") return [];
    if (open.part.type !== "text") return [stop(open.index)];
    const closed = this.#closeLast();
    this.#last = open.index;
    return closed;
  }

  #closeLast(): WireEvent[] {
    const last = this.#last;
    this.#last = undefined;
    return last === undefined ? [] : [stop(last)];
  }
}

function stop(index: number): WireEvent {
  return { type: "content_block_stop", index };
}

/** A block begins empty, also where all of it is known: clients add up the deltas. */
function split(block: WireEvent): { begun: WireEvent; deltas: Json[] } {
  switch (block.type) {
    case "text":
      return {
        begun: { ...block, text: "" },
        deltas: block.text === "" ? [] : [{ type: "text_delta", text: block.text }],
      };
    case "thinking":
      return { begun: { ...block, thinking: "", signature: "" }, deltas: thoughts(block) };
    default: {
      const { input } = block;
      if (!isObject(input) || Object.keys(input).length === 0) return { begun: block, deltas: [] };
      return { begun: { ...block, input: {} }, deltas: [json(JSON.stringify(input))] };
    }
  }
}

function thoughts({ thinking, signature }: Json): Json[] {
  return [
    ...(thinking === "" ? [] : [{ type: "thinking_delta", thinking }]),
    ...(signature === "" ? [] : [{ type: "signature_delta", signature }]),
  ];
}

function thought(open: OpenPart, part: ReasoningPart, event: PartDeltaEvent): Json[] {
  const { delta, signature = "" } = event;
  const signed = open.signed ? signature : markSignature({ ...part, signature });
  open.signed ||= signature !== "";
  return thoughts({ thinking: delta, signature: signed });
}

function json(partial_json: string): Json {
  return { type: "input_json_delta", partial_json };
}

function deltasOf(part: Part, { delta, extensions }: PartDeltaEvent): Json[] {
  switch (part.type) {
    case "text":
      return delta === "" ? [] : [{ type: "text_delta", text: delta }];
    case "tool_call":
      return delta === "" ? [] : [json(delta)];
    case "opaque":
      return grown(extensionOf({ extensions }).block);
    default:
      return [];
  }
}

/** What became known of a block that only Anthropic understands: a server tool's input, a summary. */
function grown(block: unknown): Json[] {
  if (!isObject(block)) return [];
  if (typeof block.content === "string") {
    return [{ type: "compaction_delta", content: block.content }];
  }
  return isObject(block.input) ? [json(JSON.stringify(block.input))] : [];
}
