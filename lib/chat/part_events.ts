import type { ChatEvent } from "./event.ts";
import type { Part } from "./request.ts";

/** Writes the beginnings and ends of one choice's parts, numbered as they begin. */
export class PartEvents {
  readonly #choice: number;
  #next = 0;

  constructor(choice: number) {
    this.#choice = choice;
  }

  /** Gives the part's number. */
  start(part: Part, out: ChatEvent[]): number {
    const index = this.#next++;
    out.push({ type: "part-start", choice: this.#choice, index, part });
    return index;
  }

  /** The part with that number is complete. */
  end(index: number, out: ChatEvent[]): void {
    out.push({ type: "part-end", choice: this.#choice, index });
  }

  /** A part that arrives in one piece. It may stand amid text, as citations do. */
  whole(part: Part, out: ChatEvent[]): void {
    this.end(this.start(part, out), out);
  }
}
