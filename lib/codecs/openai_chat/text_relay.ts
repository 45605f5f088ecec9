import type { StreamProgress } from "../../chat/stream_relay.ts";
import { EventBlocks } from "../../stream/sse.ts";
import { utf8Bytes } from "../../stream/utf8.ts";
import { faultOfStray } from "./stray_body.ts";
import type { StreamEditor } from "./stream_editor.ts";

const LF = 0x0a;

/** A stream as text: decoded, cut into complete events, edited; the very bytes wherever nothing changed. */
export class TextRelay {
  readonly progress: StreamProgress;
  readonly #editor: StreamEditor;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #blocks = new EventBlocks();
  #sawEvents = false;

  constructor(editor: StreamEditor, progress: StreamProgress) {
    this.progress = progress;
    this.#editor = editor;
  }

  /** Whether nothing is held back, so that the next event begins with the next read. */
  get aligned(): boolean {
    return this.#blocks.aligned;
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    const startsAligned = this.aligned;
    const block = this.#blocks.push(this.#decoder.decode(bytes, { stream: true }));
    const text = this.#edit(block);
    if (text === "") return undefined;
    // Ending in LF, the read can't have left half a character in the decoder either.
    const whole = startsAligned && this.aligned && bytes[bytes.length - 1] === LF;
    return whole && text === block ? bytes : utf8Bytes(text);
  }

  end(): Uint8Array | undefined {
    const last = this.#blocks.push(this.#decoder.decode()) + this.#blocks.end();
    if (!this.#sawEvents) this.progress.fault = faultOfStray(last);
    const text = this.#edit(last) + (this.progress.fault === undefined ? this.#editor.end() : "");
    return text === "" ? undefined : utf8Bytes(text);
  }

  #edit(block: string): string {
    if (block === "" || this.progress.fault !== undefined) return "";
    this.#sawEvents = true;
    return this.#editor.edit(block);
  }
}
