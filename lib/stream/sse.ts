/**
 * Server-sent events, the grammar of the WHATWG HTML standard §9.2.6: line ends LF, CRLF or CR, also
 * when a read ends between CR and LF; comments; several `data` lines; a byte order mark; one optional
 * space after the colon. Beyond the standard, an event cut off by the end of the stream is delivered,
 * since several providers end without the last blank line.
 */
import type { Step } from "./step.ts";
import { GatewayError } from "../errors.ts";

/** One event. `event` is absent when the stream names none. */
export interface SseEvent {
  event?: string;
  data: string;
}

/** Largest event kept while waiting for its end: 32 Mi characters, room for an inline image or audio. */
export const MAX_EVENT_LENGTH = 32 * 1024 * 1024;

/**
 * Cuts text that arrives in arbitrary pieces into blocks of complete events: whatever follows the last
 * blank line waits for the next piece. Blocks have LF line ends only.
 *
 * The unfinished tail is kept as fragments and never searched again, so a stream that arrives one byte
 * at a time, or never ends its line, costs linear time.
 */
export class EventBlocks {
  #tail: string[] = [];
  #tailLength = 0;
  /** The last piece ended in CR: an LF that opens the next one belongs to it. */
  #sawCarriageReturn = false;
  #atStart = true;

  /** Whether nothing is held back, so that the bytes read so far and the blocks given are the same. */
  get aligned(): boolean {
    return this.#tailLength === 0 && !this.#sawCarriageReturn;
  }

  /** Gives the complete events now at hand, `""` when there are none yet. */
  push(piece: string): string {
    let text = this.#normalize(piece);
    if (text === "") return "";
    const joinsBlankLine = text.startsWith("\n") && (this.#tail.at(-1)?.endsWith("\n") ?? false);
    const cut = text.endsWith("\n\n") ? text.length : text.lastIndexOf("\n\n") + 2;
    if (cut === 1) {
      if (!joinsBlankLine) {
        this.#hold(text);
        return "";
      }
      const block = this.#release(text.slice(0, 1));
      if (text.length > 1) this.#hold(text.slice(1));
      return block;
    }
    const rest = text.slice(cut);
    if (rest !== "") text = text.slice(0, cut);
    const block = this.#release(text);
    if (rest !== "") this.#hold(rest);
    return block;
  }

  /** The stream has ended: gives the unfinished event, if any, as if a blank line had followed. */
  end(): string {
    const rest = this.#release("");
    return rest.trim() === "" ? "" : rest + "\n\n";
  }

  #normalize(piece: string): string {
    let text = piece;
    if (this.#atStart && text !== "") {
      this.#atStart = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (this.#sawCarriageReturn && text !== "") {
      this.#sawCarriageReturn = false;
      if (text.startsWith("\n")) text = text.slice(1);
    }
    if (text.includes("\r")) {
      // A CR at the very end already counts as a line end; only an LF right after it must be skipped.
      this.#sawCarriageReturn = text.endsWith("\r");
      text = text.replace(/\r\n?/g, "\n");
    }
    return text;
  }

  #hold(text: string): void {
    this.#tail.push(text);
    this.#tailLength += text.length;
    if (this.#tailLength > MAX_EVENT_LENGTH) {
      throw new GatewayError(
        2002,
        `Cannot read the provider's stream: an event is longer than ${MAX_EVENT_LENGTH} characters`,
      );
    }
  }

  #release(last: string): string {
    if (this.#tailLength === 0) return last;
    const block = this.#tail.join("") + last;
    this.#tail = [];
    this.#tailLength = 0;
    return block;
  }
}

/** Reads a block of complete events with LF line ends, as {@linkcode EventBlocks} gives them. */
export function parseEvents(block: string): SseEvent[] {
  const events: SseEvent[] = [];
  let start = 0;
  while (start < block.length) {
    const line = onlyLine(block, start);
    let end = line < 0 ? -1 : block.indexOf("\n", line);
    if (end >= 0 && block[end + 1] === "\n") {
      const data = block.slice(line + 6, end);
      events.push(line === start ? { data } : { event: block.slice(start + 7, line - 1), data });
    } else {
      end = block.indexOf("\n\n", start);
      if (end < 0) end = block.length;
      const event = parseEvent(block.slice(start, end));
      if (event !== undefined) events.push(event);
    }
    start = end + 2;
  }
  return events;
}

/**
 * Where the `data` line begins of an event that may have no other, only a name before it; -1 for all else. Nearly all
 * events are so: they are read in their place, with one search for each of their lines.
 */
function onlyLine(block: string, start: number): number {
  if (!block.startsWith("event: ", start)) return block.startsWith("data: ", start) ? start : -1;
  const line = block.indexOf("\n", start) + 1;
  return line > start + 8 && block.startsWith("data: ", line) ? line : -1;
}

function parseEvent(text: string): SseEvent | undefined {
  let name: string | undefined;
  let data: string | undefined;
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") data = data === undefined ? value : data + "\n" + value;
    else if (field === "event") name = value;
  }
  if (data === undefined) return undefined;
  return name ? { event: name, data } : { data };
}

/** Bytes in, events out; works for any way the bytes are cut. */
export function sseDecoder(): Step<Uint8Array, SseEvent> {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const blocks = new EventBlocks();
  return {
    push: (bytes) => parseEvents(blocks.push(utf8.decode(bytes, { stream: true }))),
    end: () => parseEvents(blocks.push(utf8.decode()) + blocks.end()),
  };
}

/** Writes one event. Line ends inside the data become several `data` lines, as the standard asks. */
export function encodeEvent({ event, data }: SseEvent): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  if (!/[\r\n]/.test(data)) return `${name}data: ${data}\n\n`;
  return name + data.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`).join("") + "\n";
}

/** Writes a comment, which every client skips: it shows that the connection is alive. */
export function encodeComment(text: string): string {
  return `: ${text.replace(/[\r\n]+/g, " ")}\n\n`;
}
