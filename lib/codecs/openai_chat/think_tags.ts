/** `<think>…</think>` at the beginning of a text: what models without a field for it do with their reasoning. */

const OPEN = "<think>";
const CLOSE = "</think>";

/** A text taken apart. */
export interface SplitText {
  thought: string;
  text: string;
}

/** Takes a text apart that comes in pieces; a tag may be cut anywhere. */
export class ThinkSplitter {
  #state: "start" | "inside" | "gap" | "outside" = "start";
  #held = "";

  /** Whether everything from here on is text. */
  get done(): boolean {
    return this.#state === "outside";
  }

  push(piece: string): SplitText {
    this.#held += piece;
    const out: SplitText = { thought: "", text: "" };
    if (this.#state === "start") this.#begin();
    if (this.#state === "inside") this.#think(out);
    if (this.#state === "gap") {
      this.#held = this.#held.trimStart();
      if (this.#held !== "") this.#state = "outside";
    }
    if (this.#state === "outside") out.text += this.#take(this.#held.length);
    return out;
  }

  /** Whatever was held back: an answer cut off inside the tag was all reasoning. */
  end(): SplitText {
    const rest = this.#state === "gap" ? "" : this.#held;
    this.#held = "";
    return this.#state === "inside" ? { thought: rest, text: "" } : { thought: "", text: rest };
  }

  #take(length: number): string {
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return taken;
  }

  #begin(): void {
    const begun = this.#held.trimStart();
    if (begun.length < OPEN.length && OPEN.startsWith(begun)) return;
    this.#state = begun.startsWith(OPEN) ? "inside" : "outside";
    if (this.#state === "inside") this.#held = begun.slice(OPEN.length);
  }

  #think(out: SplitText): void {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) {
      out.thought += this.#take(this.#held.length - partialClose(this.#held));
      return;
    }
    out.thought += this.#take(end);
    this.#take(CLOSE.length);
    this.#state = "gap";
  }
}

/** How many characters at the end may be the beginning of the closing tag. */
function partialClose(text: string): number {
  for (let length = CLOSE.length - 1; length > 0; length--) {
    if (text.endsWith(CLOSE.slice(0, length))) return length;
  }
  return 0;
}
