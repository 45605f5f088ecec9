/** Google's stream → neutral events: server-sent events, or one JSON list that grows. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import { parseJson } from "../../json/fields.ts";
import { sseDecoder } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";
import { AnswerDecoder } from "./answer_decoder.ts";
import { objectTexts } from "./json_values.ts";

/** Bytes in, events out. A fault of the provider becomes one `error` event, after which nothing comes. */
export function streamDecoder(defaults: AnswerDefaults): Step<Uint8Array, ChatEvent> {
  return new StreamDecoder(defaults);
}

class StreamDecoder implements Step<Uint8Array, ChatEvent> {
  readonly #answer: AnswerDecoder;
  /** Gives the JSON texts; chosen by the first byte that says something. */
  #texts: Step<Uint8Array, string> | undefined;

  constructor(defaults: AnswerDefaults) {
    this.#answer = new AnswerDecoder(defaults);
  }

  push(bytes: Uint8Array): ChatEvent[] {
    this.#texts ??= textsFor(bytes);
    return this.#texts === undefined ? [] : this.#read(this.#texts.push(bytes));
  }

  end(): ChatEvent[] {
    const events = this.#texts === undefined ? [] : this.#read(this.#texts.end());
    this.#answer.end(events, false);
    return events;
  }

  #read(texts: string[]): ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const text of texts) {
      const piece = parseJson(text);
      if (piece !== undefined) this.#answer.read(piece, events);
      else if (text.trim() !== "[DONE]") this.#answer.fail(NOT_JSON, events);
    }
    return events;
  }
}

const NOT_JSON = {
  status: 502,
  message: "The provider sent an event that is not JSON",
  type: "api_error",
  retryable: true,
};

/** White space opens both kinds. */
function textsFor(bytes: Uint8Array): Step<Uint8Array, string> | undefined {
  const first = bytes.find((byte) => byte > 0x20);
  if (first === undefined) return undefined;
  return first === 0x5b || first === 0x7b ? objectTexts() : eventData();
}

function eventData(): Step<Uint8Array, string> {
  const events = sseDecoder();
  return {
    push: (bytes) => events.push(bytes).map(({ data }) => data),
    end: () => events.end().map(({ data }) => data),
  };
}
