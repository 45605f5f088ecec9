import type { StreamRelay } from "../../chat/stream_relay.ts";
import { concatBytes } from "../../stream/bytes.ts";
import type { FaithfulEditor } from "./faithful_editor.ts";
import type { TextRelay } from "./text_relay.ts";

/**
 * OpenAI's own stream for a caller who wants all of it: once content flows, ordinary chunks go on as the
 * bytes they came in, undecoded. Reads end anywhere, so an event cut in two waits for its other half.
 */
export class RawRelay implements StreamRelay {
  readonly #text: TextRelay;
  readonly #editor: FaithfulEditor;
  /** The beginning of an event whose end has not come yet. */
  #held: Uint8Array | undefined;

  constructor(text: TextRelay, editor: FaithfulEditor) {
    this.#text = text;
    this.#editor = editor;
  }

  get progress(): StreamRelay["progress"] {
    return this.#text.progress;
  }

  push(bytes: Uint8Array): Uint8Array | undefined {
    const input = this.#held === undefined ? bytes : concatBytes([this.#held, bytes]);
    this.#held = undefined;
    const plain = this.#editor.open && this.#text.aligned ? endOfPlain(input, 0) : 0;
    if (plain === input.length) {
      this.#editor.keep(input);
      return input;
    }
    return this.#cut(input);
  }

  /** A read that ends inside an event, or holds one that concerns the gateway too. */
  #cut(input: Uint8Array): Uint8Array | undefined {
    const out: Uint8Array[] = [];
    let at = 0;
    let untouched = true;
    const passOn = (piece: Uint8Array, written: Uint8Array | undefined) => {
      if (written !== piece) untouched = false;
      if (written !== undefined) out.push(written);
      at += piece.length;
    };
    while (at < input.length && this.#text.aligned) {
      const plainEnd = this.#editor.open ? endOfPlain(input, at) : at;
      if (plainEnd > at) {
        const plain = input.subarray(at, plainEnd);
        this.#editor.keep(plain);
        passOn(plain, plain);
        continue;
      }
      const end = endOfEvent(input, at);
      if (end < 0) break;
      const event = input.subarray(at, end);
      passOn(event, this.#text.push(event));
    }
    const read = at;
    if (at < input.length) {
      const rest = input.subarray(at);
      // Held once: what is still no whole event then is the text's business, which keeps fragments unsearched.
      if (read > 0 && this.#text.aligned && !rest.includes(LF)) this.#held = rest;
      else passOn(rest, this.#text.push(rest));
    }
    if (out.length === 0) return undefined;
    if (!untouched) return concatBytes(out);
    return at === input.length ? input : input.subarray(0, at);
  }

  end(): Uint8Array | undefined {
    const held = this.#held === undefined ? undefined : this.#text.push(this.#held);
    this.#held = undefined;
    const last = this.#text.end();
    if (held === undefined || last === undefined) return held ?? last;
    return concatBytes([held, last]);
  }
}

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const LETTER_D = 0x64;
const LETTER_E = 0x65;
const LETTER_R = 0x72;

/**
 * Where the run of ordinary chunks ends that begins at `from`: complete events of one line `data: {"…`
 * whose first key does not begin like `error`. Such events concern nobody but the caller. One native
 * search an event costs a sixth of decoding it.
 */
function endOfPlain(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isPlain(bytes, at)) {
    const end = bytes.indexOf(LF, at) + 1;
    if (end === 0 || bytes[end] !== LF) break;
    at = end + 1;
  }
  return at;
}

function isPlain(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === LETTER_D && bytes[at + 5] === SPACE && bytes[at + 7] === QUOTE &&
    !(bytes[at + 8] === LETTER_E && bytes[at + 9] === LETTER_R);
}

/** Behind the blank line that ends the event at `from`, -1 when it is not there. */
function endOfEvent(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
  }
  return -1;
}
