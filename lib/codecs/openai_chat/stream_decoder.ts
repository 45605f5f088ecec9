/** The stream of any OpenAI-like provider → neutral events. Chunks are repaired first, then read. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import type { StreamProgress } from "../../chat/stream_relay.ts";
import { sseDecoder, type SseEvent } from "../../stream/sse.ts";
import { compose, type Step } from "../../stream/step.ts";
import { ChoiceDecoder } from "./choice_decoder.ts";
import { extend } from "./extension.ts";
import { isObject, type Json, objectsOf, restOf } from "../../json/fields.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { CHUNK_MEMBERS, ChunkRepair } from "./repair_chunk.ts";
import { isDone, readEvent } from "./stream_editor.ts";
import { decodeUsage } from "./usage.ts";

/** Bytes in, events out. A fault of the provider becomes one `error` event, after which nothing comes. */
export function streamDecoder(
  profile: OpenAIChatProfile,
  defaults: AnswerDefaults,
): Step<Uint8Array, ChatEvent> {
  return compose(sseDecoder(), new ChunkDecoder(profile, defaults));
}

class ChunkDecoder implements Step<SseEvent, ChatEvent> {
  readonly #repair: ChunkRepair;
  readonly #choices = new Map<number, ChoiceDecoder>();
  readonly #progress: StreamProgress = { content: false, finished: false };
  #started = false;
  /** What has been said about the answer as a whole, as JSON: Perplexity repeats its sources on every chunk. */
  readonly #said = new Map<string, string>();

  constructor(profile: OpenAIChatProfile, defaults: AnswerDefaults) {
    this.#repair = new ChunkRepair(profile, defaults, { usage: true });
  }

  push(event: SseEvent): ChatEvent[] {
    const progress = this.#progress;
    if (progress.finished || progress.fault !== undefined) return [];
    if (isDone(event)) return this.#repair.begun ? this.#finish() : [];
    const chunk = readEvent(event, progress);
    if (progress.fault !== undefined) return [{ type: "error", fault: progress.fault }];
    if (!isObject(chunk)) return [];
    return this.#repair.push(chunk).flatMap((repaired) => this.#read(repaired.chunk));
  }

  end(): ChatEvent[] {
    if (this.#progress.finished || this.#progress.fault !== undefined) return [];
    return this.#repair.finished ? this.#finish() : this.#usage();
  }

  #finish(): ChatEvent[] {
    this.#progress.finished = true;
    const last = this.#repair.end().flatMap(({ chunk }) => this.#read(chunk));
    return [...last, ...this.#usage()];
  }

  #usage(): ChatEvent[] {
    const { usage } = this.#repair;
    return usage === undefined ? [] : [{ type: "usage", usage: decodeUsage(usage) }];
  }

  #read(chunk: Json): ChatEvent[] {
    const events = this.#head(chunk);
    for (const choice of objectsOf(chunk.choices)) {
      const index = Number(choice.index);
      let decoder = this.#choices.get(index);
      if (decoder === undefined) {
        this.#choices.set(index, decoder = new ChoiceDecoder(index, String(chunk.id)));
      }
      const ends = typeof choice.finish_reason === "string";
      decoder.read(choice, ends && this.#repair.isDoubtful(index), events);
    }
    return events;
  }

  #head(chunk: Json): ChatEvent[] {
    const news: Json = {};
    for (const [key, value] of Object.entries(restOf(chunk, CHUNK_MEMBERS))) {
      const json = JSON.stringify(value);
      if (this.#said.get(key) === json) continue;
      this.#said.set(key, json);
      news[key] = value;
    }
    const { extensions } = extend(news);
    if (this.#started) return extensions === undefined ? [] : [{ type: "answer", extensions }];
    this.#started = true;
    const { id, model, created } = chunk;
    const head = { id: String(id), model: String(model), created: Number(created) };
    return [{ type: "start", ...head, ...(extensions && { extensions }) }];
  }
}
