/**
 * Says what is wrong with a text that the engine's parser refused, and at which character: engines tell
 * it in their own words, quote the text, or don't say where. Only ever run on the way to an error.
 *
 * https://www.rfc-editor.org/rfc/rfc8259
 */

/** What is wrong, at which character of the text. */
export interface JsonFault {
  what: string;
  at: number;
}

/** The first fault of a JSON text; `undefined` when there is none. */
export function findFault(text: string): JsonFault | undefined {
  const reader = new Reader(text);
  try {
    reader.value();
    if (reader.space() < text.length) reader.fail("text after the end");
  } catch (fault) {
    if (fault instanceof Fault) return { what: fault.what, at: fault.at };
    throw fault;
  }
  return undefined;
}

class Fault {
  readonly what: string;
  readonly at: number;

  constructor(what: string, at: number) {
    this.what = what;
    this.at = at;
  }
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// deno-lint-ignore no-control-regex
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Reads from left to right, without recursion, and throws at the first fault. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fail(what: string): never {
    throw new Fault(what, this.#at);
  }

  space(): number {
    this.#skip(SPACE);
    return this.#at;
  }

  value(): void {
    const closers: string[] = [];
    do {
      this.space();
      const closer = CLOSERS[this.#next];
      if (closer !== undefined) {
        this.#at++;
        this.space();
        if (this.#next !== closer) {
          closers.push(closer);
          if (closer === "}") this.#key();
          continue;
        }
        this.#at++;
      } else this.#scalar();
      this.#afterValue(closers);
    } while (closers.length > 0);
  }

  get #next(): string {
    return this.#text[this.#at] ?? "";
  }

  /** Closes what ends here, or goes on to the next member or element. */
  #afterValue(closers: string[]): void {
    for (let closer = closers.at(-1); closer !== undefined; closer = closers.at(-1)) {
      this.space();
      if (this.#next === ",") {
        this.#at++;
        this.space();
        if (closer === "}") this.#key();
        return;
      }
      if (this.#next !== closer) this.fail(`expected "," or "${closer}"`);
      this.#at++;
      closers.pop();
    }
  }

  #key(): void {
    this.#string();
    this.space();
    if (this.#next !== ":") this.fail('expected ":"');
    this.#at++;
  }

  #scalar(): void {
    if (this.#next === '"') return this.#string();
    if (!this.#skip(SCALAR)) this.fail("expected a JSON value");
  }

  #string(): void {
    if (this.#next !== '"') this.fail("expected a string");
    const start = this.#at++;
    for (;;) {
      this.#skip(PLAIN);
      if (this.#next === '"') break;
      if (this.#at >= this.#text.length) throw new Fault("a string without an end", start);
      if (!this.#skip(ESCAPE)) this.fail("a control character or a bad escape in a string");
    }
    this.#at++;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}

const CLOSERS: Record<string, string> = { "{": "}", "[": "]" };
