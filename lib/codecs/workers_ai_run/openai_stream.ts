/** Workers AI's stream → OpenAI's, event by event: either form may come in either place. */
import type { ChatEvent } from "../../chat/event.ts";
import { isObject, type Json, parseJson } from "../../json/fields.ts";
import { encodeEvent, sseDecoder, type SseEvent } from "../../stream/sse.ts";
import { compose, type Step } from "../../stream/step.ts";
import { utf8Bytes } from "../../stream/utf8.ts";
import { openaiFault } from "./fault.ts";
import { reasonFor } from "./finish_reason.ts";
import { insideEnvelope, isNative, wordsOf } from "./openai_answer.ts";

/** Bytes in, events out, read by a decoder of OpenAI's streams. */
export function openaiStream(chat: Step<Uint8Array, ChatEvent>): Step<Uint8Array, ChatEvent> {
  return compose(compose(sseDecoder(), new OpenaiEvents()), chat);
}

const DONE = "[DONE]";

class OpenaiEvents implements Step<SseEvent, Uint8Array> {
  #native = false;
  #called = false;
  #counted = false;

  push(event: SseEvent): Uint8Array[] {
    return this.#translate(event).map(utf8Bytes);
  }

  /** The counts are the last thing it says: an end after them is no cut, even without its mark. */
  end(): Uint8Array[] {
    return this.#counted ? this.push({ data: DONE }) : [];
  }

  #translate(event: SseEvent): string[] {
    if (event.data.trim() === DONE) return [...this.#finish(), encodeEvent(event)];
    const body = parseJson(event.data);
    if (!isObject(body)) return [encodeEvent(event)];
    const fault = openaiFault(body);
    if (fault !== undefined) return [write(fault)];
    const said = insideEnvelope(body);
    if (!isNative(said)) return [said === body ? encodeEvent(event) : write(said)];
    this.#native = true;
    const { usage } = said;
    const words = wordsOf(said);
    if ("tool_calls" in words) this.#called = true;
    if (isObject(usage)) this.#counted = true;
    return [write(chunk(words, null, isObject(usage) ? { usage } : {}))];
  }

  /** Where OpenAI's words have told a finish before, that one counts. */
  #finish(): string[] {
    return this.#native ? [write(chunk({}, reasonFor(this.#called), {}))] : [];
  }
}

function chunk(delta: Json, finish_reason: string | null, more: Json): Json {
  return { choices: [{ index: 0, delta, finish_reason }], ...more };
}

function write(value: Json): string {
  return encodeEvent({ data: JSON.stringify(value) });
}
