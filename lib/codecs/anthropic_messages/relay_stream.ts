/** A stream in the caller's own dialect: its events as they are, an observer beside them. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { CostTeller } from "../../chat/response.ts";
import { type StreamProgress, type StreamRelay, watch } from "../../chat/stream_relay.ts";
import { isObject, parseJson } from "../../json/fields.ts";
import { encodeEvent, EventBlocks, parseEvents } from "../../stream/sse.ts";
import { utf8Bytes } from "../../stream/utf8.ts";
import { MessageDecoder } from "./stream_decoder.ts";
import { addCost } from "./usage.ts";

const LF = 0x0a;

/** What an ordinary event begins with, once there is content: it concerns nobody but the caller. */
const ORDINARY = /^event: (?:content_block_\w+|ping)\n/;

/** Passes a stream on; see {@linkcode StreamRelay}. */
export class MessageRelay implements StreamRelay {
  readonly progress: StreamProgress = { content: false, finished: false };
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #blocks = new EventBlocks();
  readonly #messages: MessageDecoder;
  readonly #watch = watch(this.progress);

  /** Told at the end of the stream, where it is known. */
  readonly #cost: CostTeller | undefined;

  constructor(defaults: AnswerDefaults, cost?: CostTeller) {
    this.#messages = new MessageDecoder(defaults);
    this.#cost = cost;
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    const startsAligned = this.#blocks.aligned;
    const block = this.#blocks.push(this.#decoder.decode(bytes, { stream: true }));
    const text = this.#pass(block);
    if (text === "") return undefined;
    // Ending in LF, the read can't have left half a character in the decoder either.
    const whole = startsAligned && this.#blocks.aligned && bytes.at(-1) === LF;
    return whole && text === block && text.length === bytes.length ? bytes : utf8Bytes(text);
  }

  end(): Uint8Array | undefined {
    const text = this.#pass(this.#blocks.push(this.#decoder.decode()) + this.#blocks.end());
    for (const event of this.#messages.end()) this.#watch(event);
    return text === "" ? undefined : utf8Bytes(text);
  }

  /** The events up to a fault, which is somebody else's to tell. */
  #pass(block: string): string {
    let at = 0;
    let edited = "";
    let kept = 0;
    while (at < block.length && this.progress.fault === undefined) {
      const end = block.indexOf("\n\n", at) + 2;
      const event = block.slice(at, end);
      this.#note(event);
      if (this.progress.fault !== undefined) break;
      const priced = this.#withCost(event);
      if (priced !== event) {
        edited += block.slice(kept, at) + priced;
        kept = end;
      }
      at = end;
    }
    return edited + block.slice(kept, at);
  }

  /** The event that ends the counting, with what they cost where the caller asked; every other one as it is. */
  #withCost(text: string): string {
    if (this.#cost === undefined || !text.includes('"message_delta"')) return text;
    const [event] = parseEvents(text);
    const value = parseJson(event?.data ?? "");
    if (!isObject(value) || value.type !== "message_delta") return text;
    addCost(value, this.progress.usage, this.#cost);
    return encodeEvent({ event: "message_delta", data: JSON.stringify(value) });
  }

  #note(text: string): void {
    if (this.progress.content && ORDINARY.test(text)) return;
    for (const event of parseEvents(text)) {
      for (const each of this.#messages.push(event)) this.#watch(each);
      if (event.event === "message_stop") this.progress.ended = this.progress.finished;
    }
  }
}
