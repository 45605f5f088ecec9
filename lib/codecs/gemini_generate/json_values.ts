/** A stream of JSON values, one after the other or in one list: what Google sends without `alt=sse`. */
import { GatewayError } from "../../errors.ts";
import { MAX_EVENT_LENGTH } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Bytes in, the texts of complete objects out; what stands between them is skipped. */
export function objectTexts(): Step<Uint8Array, string> {
  return new ObjectTexts();
}

/** Looks at every character once, also when an object comes byte by byte. */
class ObjectTexts implements Step<Uint8Array, string> {
  readonly #utf8 = new TextDecoder();
  #held: string[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  push(bytes: Uint8Array): string[] {
    return this.#scan(this.#utf8.decode(bytes, { stream: true }));
  }

  end(): string[] {
    return this.#scan(this.#utf8.decode());
  }

  #scan(text: string): string[] {
    const out: string[] = [];
    let from = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < text.length; at++) {
      const depth = this.#depth;
      this.#step(text.charCodeAt(at));
      if (depth === 0 && this.#depth === 1) from = at;
      if (depth === 1 && this.#depth === 0) {
        out.push(this.#held.join("") + text.slice(from, at + 1));
        this.#held = [];
        this.#length = 0;
        from = -1;
      }
    }
    if (from >= 0) this.#hold(text.slice(from));
    return out;
  }

  #step(character: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (character === BACKSLASH) this.#escaped = true;
      else if (character === QUOTE) this.#inString = false;
    } else if (character === QUOTE) this.#inString = this.#depth > 0;
    else if (character === OPEN_OBJECT) this.#depth++;
    else if (character === CLOSE_OBJECT && this.#depth > 0) this.#depth--;
  }

  #hold(text: string): void {
    this.#held.push(text);
    this.#length += text.length;
    if (this.#length > MAX_EVENT_LENGTH) {
      throw new GatewayError(
        2002,
        `Cannot read the provider's stream: an object is longer than ${MAX_EVENT_LENGTH} characters`,
      );
    }
  }
}
