/** Neutral events → Google's stream: every event a small answer; the last one has the finish and the counts. */
import type { ChatEvent, StartEvent } from "../../chat/event.ts";
import type { Usage } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import type { Json } from "../../json/fields.ts";
import { encodeEvent } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";
import { isBlocked } from "./blocked.ts";
import { CandidateEncoder } from "./candidate_encoder.ts";
import { encodeStreamError } from "./encode_error.ts";
import { extensionOf } from "./extension.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer } from "./wire.ts";

/** One text per event. There is no end mark: `end()` gives the finish, which waits for the counts. */
export function streamEncoder(): Step<ChatEvent, string> {
  return new StreamEncoder();
}

class StreamEncoder implements Step<ChatEvent, string> {
  readonly #candidates = new Map<number, CandidateEncoder>();
  #head: Pick<StartEvent, "id" | "model"> = { id: "", model: "" };
  /** Said about the whole answer; it rides on the next event. */
  #news: Json = {};
  #usage: Usage | undefined;
  #blocked = false;
  #failed = false;

  push(event: ChatEvent): string[] {
    if (this.#failed) return [];
    switch (event.type) {
      case "start":
        this.#head = { id: event.id, model: event.model };
        return this.#learn(extensionOf(event));
      case "answer":
        return this.#learn(extensionOf(event));
      case "usage":
        this.#usage = event.usage;
        return [];
      case "error":
        this.#failed = true;
        return [
          encodeStreamError(new GatewayError(2120, event.fault.message, { fault: event.fault })),
        ];
      default: {
        if (this.#blocked) return [];
        const candidate = this.#candidate(event.choice).encode(event);
        return candidate === undefined ? [] : [this.#write([candidate])];
      }
    }
  }

  end(): string[] {
    if (this.#failed) return [];
    const finished = [...this.#candidates.values()].map((each) => each.finish())
      .filter((each) => each !== undefined);
    return [this.#write(finished, this.#usage && encodeUsage(this.#usage))];
  }

  #learn(news: Json): string[] {
    Object.assign(this.#news, news);
    this.#blocked ||= isBlocked(news);
    return [];
  }

  #candidate(index: number): CandidateEncoder {
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      this.#candidates.set(index, candidate = new CandidateEncoder(index));
    }
    return candidate;
  }

  #write(candidates: Json[], usageMetadata?: Json): string {
    const answer: Omit<WireAnswer, "candidates"> & { candidates?: Json[] } = {
      ...(candidates.length > 0 && { candidates }),
      ...(usageMetadata !== undefined && { usageMetadata }),
      modelVersion: this.#head.model,
      responseId: this.#head.id,
      ...this.#news,
    };
    this.#news = {};
    return encodeEvent({ data: JSON.stringify(answer) });
  }
}
