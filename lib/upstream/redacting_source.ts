/** Bytes that pass through without a secret in them, even one that two reads share. */
import type { ByteSource } from "../byte_source.ts";
import { concatBytes } from "../stream/bytes.ts";

const utf8 = new TextEncoder();
const REDACTED = utf8.encode("[redacted]");

/** A character a byte, so that no character is ever cut. */
const latin1 = new TextDecoder("latin1");

/** Characters. */
const LONGEST_MARK = 40;

/** As for messages: shorter ones would blank ordinary words. */
const SHORTEST = 4;

/**
 * The same bytes, but for secrets. Nothing is held back except what may be a secret's beginning, so that a stream
 * doesn't wait. Gives the source itself where there are no secrets. With a `mark`, only what comes with it or behind it is
 * looked into.
 */
export function withoutSecrets(
  source: ByteSource,
  secrets: readonly (string | undefined)[],
  mark?: RegExp,
): ByteSource {
  const needles = secrets.flatMap((secret) =>
    secret === undefined || secret.length < SHORTEST ? [] : [utf8.encode(secret)]
  );
  return needles.length === 0 ? source : new RedactingSource(source, needles, mark);
}

class RedactingSource implements ByteSource {
  readonly #source: ByteSource;
  /** Longest first: one may begin with another. */
  readonly #needles: readonly Uint8Array[];
  #held: Uint8Array | undefined;
  /** Until it has been seen. */
  #mark: RegExp | undefined;
  /** The end of what has been looked through for the mark, which two reads may share. */
  #seen = "";

  constructor(source: ByteSource, needles: readonly Uint8Array[], mark?: RegExp) {
    this.#source = source;
    this.#mark = mark;
    this.#needles = needles.toSorted((a, b) => b.length - a.length);
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = await this.#source.next();
      if (bytes !== undefined && this.#isBeforeMark(bytes)) return bytes;
      const held = this.#held;
      this.#held = undefined;
      if (bytes === undefined) return held;
      const clean = this.#clean(held === undefined ? bytes : concatBytes([held, bytes]));
      if (clean.length > 0) return clean;
    }
  }

  cancel(): void {
    this.#source.cancel();
  }

  #isBeforeMark(bytes: Uint8Array): boolean {
    if (this.#mark === undefined) return false;
    const text = this.#seen + latin1.decode(bytes);
    if (this.#mark.test(text)) this.#mark = undefined;
    else this.#seen = text.slice(-LONGEST_MARK);
    return this.#mark !== undefined;
  }

  /** All that can be told of by now; the rest is held. */
  #clean(bytes: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (let at = this.#candidate(bytes, 0); at < bytes.length; at = this.#candidate(bytes, at)) {
      const needle = this.#needles.find((each) => matches(bytes, at, each));
      if (needle === undefined) at++;
      else if (at + needle.length > bytes.length) {
        this.#held = bytes.slice(at);
        pieces.push(bytes.subarray(from, at));
        return concatBytes(pieces);
      } else {
        pieces.push(bytes.subarray(from, at), REDACTED);
        from = at += needle.length;
      }
    }
    pieces.push(bytes.subarray(from));
    return concatBytes(pieces);
  }

  /** The next place where a secret may begin; the end where there is none. */
  #candidate(bytes: Uint8Array, from: number): number {
    let next = bytes.length;
    for (const needle of this.#needles) {
      const at = bytes.indexOf(needle[0]!, from);
      if (at >= 0 && at < next) next = at;
    }
    return next;
  }
}

/** Whether the needle is there, as far as the bytes go. */
function matches(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  const length = Math.min(needle.length, bytes.length - at);
  for (let i = 1; i < length; i++) {
    if (bytes[at + i] !== needle[i]) return false;
  }
  return bytes[at] === needle[0];
}
