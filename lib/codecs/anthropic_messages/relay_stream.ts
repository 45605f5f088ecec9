/** A stream in the caller's own dialect: its events as they are, an observer beside them. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import { type StreamProgress, type StreamRelay, watch } from "../../chat/stream_relay.ts";
import { EventBlocks, parseEvents } from "../../stream/sse.ts";
import { MessageDecoder } from "./stream_decoder.ts";

const LF = 0x0a;
const utf8 = new TextEncoder();

/** What an ordinary event begins with, once there is content: it concerns nobody but the caller. */
const ORDINARY = /^event: (?:content_block_\w+|ping)\n/;

/** Passes a stream on; see {@linkcode StreamRelay}. */
export class MessageRelay implements StreamRelay {
  readonly progress: StreamProgress = { content: false, finished: false };
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #blocks = new EventBlocks();
  readonly #messages: MessageDecoder;
  readonly #watch = watch(this.progress);

  constructor(defaults: AnswerDefaults) {
    this.#messages = new MessageDecoder(defaults);
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    const startsAligned = this.#blocks.aligned;
    const block = this.#blocks.push(this.#decoder.decode(bytes, { stream: true }));
    const text = this.#pass(block);
    if (text === "") return undefined;
    // Ending in LF, the read can't have left half a character in the decoder either.
    const whole = startsAligned && this.#blocks.aligned && bytes.at(-1) === LF;
    return whole && text.length === bytes.length ? bytes : utf8.encode(text);
  }

  end(): Uint8Array | undefined {
    const text = this.#pass(this.#blocks.push(this.#decoder.decode()) + this.#blocks.end());
    for (const event of this.#messages.end()) this.#watch(event);
    return text === "" ? undefined : utf8.encode(text);
  }

  /** The events up to a fault, which is somebody else's to tell. */
  #pass(block: string): string {
    let at = 0;
    while (at < block.length && this.progress.fault === undefined) {
      const end = block.indexOf("\n\n", at) + 2;
      this.#note(block.slice(at, end));
      if (this.progress.fault === undefined) at = end;
    }
    return block.slice(0, at);
  }

  #note(text: string): void {
    if (this.progress.content && ORDINARY.test(text)) return;
    for (const event of parseEvents(text)) {
      for (const each of this.#messages.push(event)) this.#watch(each);
    }
  }
}
