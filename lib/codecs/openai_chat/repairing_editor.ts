import type { AnswerDefaults, StreamWishes } from "../../chat/codec.ts";
import type { StreamProgress } from "../../chat/stream_relay.ts";
import { encodeEvent, parseEvents } from "../../stream/sse.ts";
import { isObject } from "../../json/fields.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { ChunkRepair, type RepairedChunk } from "./repair_chunk.ts";
import { DONE, isDone, readEvent, type StreamEditor } from "./stream_editor.ts";
import { decodeUsage } from "./usage.ts";

/** The stream of a provider that is like OpenAI: every chunk is parsed, and written anew where it was repaired. */
export class RepairingEditor implements StreamEditor {
  readonly #wishes: StreamWishes;
  readonly #progress: StreamProgress;
  readonly #repair: ChunkRepair;
  #done = false;

  constructor(
    profile: OpenAIChatProfile,
    wishes: StreamWishes,
    defaults: AnswerDefaults,
    progress: StreamProgress,
  ) {
    this.#wishes = wishes;
    this.#progress = progress;
    this.#repair = new ChunkRepair(profile, defaults, wishes);
  }

  edit(block: string): string {
    // Taken out as text, so that a chunk which is right otherwise need not be written anew; bare quotes
    // can't stand inside a JSON string, so this is no part of what a model says.
    const read = this.#wishes.usage ? block : block.replaceAll(',"usage":null', "");
    let out = "";
    for (const event of parseEvents(read)) {
      if (this.#done || this.#progress.fault !== undefined) break;
      if (isDone(event)) {
        if (!this.#repair.begun) continue;
        out += this.#finish();
        this.#progress.ended = true;
        continue;
      }
      const chunk = readEvent(event, this.#progress);
      if (!isObject(chunk)) continue;
      out += write(this.#repair.push(chunk, event.data));
      this.#note();
    }
    return out === block ? block : out;
  }

  end(): string {
    return this.#done || !this.#progress.finished ? "" : this.#finish();
  }

  #finish(): string {
    this.#done = true;
    this.#progress.finished = true;
    this.#progress.content = true;
    return write(this.#repair.end()) + DONE;
  }

  #note(): void {
    const { content, finished, model, usage } = this.#repair;
    if (content) this.#progress.content = true;
    this.#progress.finished = finished;
    this.#progress.model = model;
    if (usage !== undefined) this.#progress.usage = decodeUsage(usage);
  }
}

function write(chunks: RepairedChunk[]): string {
  let out = "";
  for (const { chunk, text } of chunks) out += encodeEvent({ data: text ?? JSON.stringify(chunk) });
  return out;
}
