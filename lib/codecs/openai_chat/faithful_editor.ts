/**
 * OpenAI's own stream. Nothing in it needs repair, so after its first content it passes as it is; all
 * that is ever edited is the usage that nobody, or somebody with its cost, has asked for.
 *
 * Searching the text is exact: inside a JSON string a quote is always written `\"`, so `{"error"` or
 * `,"usage":null` with bare quotes can't be part of what a model says. `[DONE]` and `[]` can, which is a
 * false alarm and costs one parse.
 */
import type { StreamWishes } from "../../chat/codec.ts";
import type { StreamProgress } from "../../chat/stream_relay.ts";
import { parseEvents } from "../../stream/sse.ts";
import { isObject, type Json, objectOf, objectsOf, parseJson, textOf } from "../../json/fields.ts";
import { hasPayload } from "./repair_chunk_choice.ts";
import { repairUsage } from "./repair_usage.ts";
import { DONE, isDone, readEvent, type StreamEditor } from "./stream_editor.ts";
import { decodeUsage } from "./usage.ts";

/** Texts, and events in them, kept for a last look: finish and counts may each come in a read of their own. */
const TAIL = 4;
/** Characters looked at: several times what finish, counts and end mark take. */
const TAIL_LENGTH = 8192;

/**
 * What makes an event the gateway's business: an error, the end, and, where nobody asked for counts, or somebody for
 * their cost, the chunk without choices that brings them. Each begins with a character that is rare in events, because
 * that is what a search looks for first.
 */
const MARKS = ["[DONE]", '{"error"'];
const MARKS_WITH_USAGE = [...MARKS, "[]"];

export class FaithfulEditor implements StreamEditor {
  readonly #wishes: StreamWishes;
  readonly #progress: StreamProgress;
  /** What passed unread, newest last. */
  #tail: (string | Uint8Array)[] = [];
  /** Whether bytes come as parts of something large. */
  #parts: boolean | undefined;
  #begun = false;
  #done = false;

  constructor(wishes: StreamWishes, progress: StreamProgress) {
    this.#wishes = wishes;
    this.#progress = progress;
  }

  edit(block: string): string {
    let rest = this.#wishes.usage ? block : block.replaceAll(',"usage":null', "");
    let out = "";
    while (rest !== "" && !this.#done && this.#progress.fault === undefined) {
      if (this.#progress.content) {
        const plain = this.#plainLength(rest);
        if (plain > 0) {
          this.keep(rest.slice(0, plain));
          out += rest.slice(0, plain);
          rest = rest.slice(plain);
          if (rest === "") break;
        }
      }
      const end = rest.indexOf("\n\n") + 2;
      out += this.#editEvent(rest.slice(0, end - 2));
      rest = rest.slice(end);
    }
    return out === block ? block : out;
  }

  end(): string {
    this.#readTail();
    if (this.#done || !this.#progress.finished) return "";
    this.#done = true;
    return DONE;
  }

  /** Content flows and the end has not come: ordinary chunks may go on unread. */
  get open(): boolean {
    return this.#progress.content && !this.#done && this.#progress.fault === undefined;
  }

  /** Notes what passed unread, for a last look at the end. */
  keep(passed: string | Uint8Array): void {
    if (passed.length >= TAIL_LENGTH) this.#tail = [passed.slice(-TAIL_LENGTH)];
    else if (this.#tail.push(this.#unbound(passed)) > TAIL) this.#tail.shift();
  }

  /**
   * A copy where it is part of something large, which would not be let go of else. A stream's first bytes tell it for
   * all of them: asking each for its buffer costs Bun 1 µs.
   */
  #unbound(passed: string | Uint8Array): string | Uint8Array {
    if (typeof passed === "string") return passed;
    this.#parts ??= passed.buffer.byteLength > TAIL_LENGTH;
    return this.#parts ? passed.slice() : passed;
  }

  /** How much of a block goes on unread: up to the first event that is somebody else's business too. */
  #plainLength(block: string): number {
    const { usage, cost } = this.#wishes;
    const marks = usage && cost === undefined ? MARKS : MARKS_WITH_USAGE;
    let first = block.length;
    for (const mark of marks) {
      const at = block.indexOf(mark);
      if (at >= 0 && at < first) first = at;
    }
    if (first === block.length) return first;
    const before = block.lastIndexOf("\n\n", first);
    return before < 0 ? 0 : before + 2;
  }

  /** What passed unread matters once the stream is over: how it finished, and what it used. */
  #readTail(): void {
    if (this.#tail.length === 0) return;
    const text = this.#tail.splice(0).map(decoded).join("").slice(-TAIL_LENGTH);
    for (const { data } of parseEvents(lastEvents(text))) {
      const chunk = parseJson(data);
      if (isObject(chunk)) this.#note(chunk);
    }
  }

  #editEvent(text: string): string {
    this.#readTail();
    const [event] = parseEvents(text);
    if (event === undefined) return text + "\n\n"; // a comment
    if (isDone(event)) {
      // An end without any choice before it is no answer: the stream counts as broken off.
      this.#done = this.#begun;
      this.#progress.finished ||= this.#begun;
      this.#progress.ended = this.#begun;
      return this.#begun ? text + "\n\n" : "";
    }
    const chunk = readEvent(event, this.#progress);
    if (!isObject(chunk)) return "";
    this.#note(chunk);
    if (!("usage" in chunk)) return text + "\n\n";
    if (this.#wishes.usage) return this.#addCost(chunk) ?? text + "\n\n";
    if (isObject(chunk.usage) && objectsOf(chunk.choices).length === 0) return "";
    delete chunk.usage;
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }

  /** The counts with what they cost, for whoever asked; `undefined` where there is nothing to add. */
  #addCost(chunk: Json): string | undefined {
    const { cost } = this.#wishes;
    const { usage } = this.#progress;
    if (cost === undefined || usage === undefined || !isObject(chunk.usage)) return undefined;
    chunk.usage.cost = cost(usage);
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }

  #note(chunk: Json): void {
    this.#progress.model ??= textOf(chunk.model);
    const usage = isObject(chunk.usage) ? repairUsage(chunk.usage) : undefined;
    if (usage !== undefined) this.#progress.usage = decodeUsage(usage);
    const choices = objectsOf(chunk.choices);
    if (choices.length === 0) return;
    this.#begun = true;
    // Without the end mark, an answer is complete if a finish was the last thing any choice said.
    this.#progress.finished = choices.every((choice) => textOf(choice.finish_reason) !== undefined);
    this.#progress.content ||= this.#progress.finished ||
      choices.some((choice) => hasPayload(objectOf(choice.delta)));
  }
}

/** What stands behind the last few blank lines but one. */
function lastEvents(text: string): string {
  let at = text.length;
  for (let count = 0; count <= TAIL && at > 0; count++) at = text.lastIndexOf("\n\n", at - 1);
  return at < 0 ? text : text.slice(at);
}

function decoded(passed: string | Uint8Array): string {
  return typeof passed === "string" ? passed : new TextDecoder().decode(passed);
}
