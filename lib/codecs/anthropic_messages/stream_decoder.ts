/**
 * Anthropic's stream → neutral events. Types of events, blocks and deltas that are not known are passed
 * over, as the API's versioning policy asks. https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import type { ProviderFault } from "../../errors.ts";
import { isObject, type Json, objectOf, parseJson, restOf } from "../../json/fields.ts";
import { sseDecoder, type SseEvent } from "../../stream/sse.ts";
import { compose, type Step } from "../../stream/step.ts";
import { BlockDecoder } from "./block_decoder.ts";
import { decodeEnd, decodeHead } from "./decode_response.ts";
import { extend } from "./extension.ts";
import { readFault } from "./faults.ts";
import { readTextDelta } from "./text_delta.ts";
import { decodeUsage, mergeUsage } from "./usage.ts";

/** Bytes in, events out. A fault of the provider becomes one `error` event, after which nothing comes. */
export function streamDecoder(defaults: AnswerDefaults): Step<Uint8Array, ChatEvent> {
  return compose(sseDecoder(), new MessageDecoder(defaults));
}

const NOT_JSON: ProviderFault = {
  status: 502,
  type: "api_error",
  message: "The provider sent an event that is not JSON",
  retryable: true,
};
const DELTA_MEMBERS = new Set(["stop_reason", "stop_sequence", "stop_details"]);
const EVENT_MEMBERS = new Set(["type", "delta", "usage"]);

/** Reads the events of one stream. */
export class MessageDecoder implements Step<SseEvent, ChatEvent> {
  readonly #defaults: AnswerDefaults;
  readonly #blocks = new BlockDecoder();
  #started = false;
  #over = false;
  #usage: Json = {};
  /** What was said about the end; the last word counts. */
  #end: Json | undefined;

  constructor(defaults: AnswerDefaults) {
    this.#defaults = defaults;
  }

  push(event: SseEvent): ChatEvent[] {
    if (this.#over || event.data === "") return [];
    const words = readTextDelta(event.data);
    if (words !== undefined) return this.#blocks.addText(words);
    const value = parseJson(event.data);
    if (!isObject(value)) return event.data.trim() === "[DONE]" ? [] : this.#fail(NOT_JSON);
    const out: ChatEvent[] = [];
    this.#read(value, event.event, out);
    return out;
  }

  /** Who says why he stopped is done, though the last event is missing. */
  end(): ChatEvent[] {
    return this.#over || this.#end === undefined ? [] : this.#finish([]);
  }

  #read(value: Json, name: string | undefined, out: ChatEvent[]): void {
    switch (value.type) {
      case "message_start":
        return this.#start(objectOf(value.message), out);
      case "content_block_start":
        this.#start({}, out);
        return this.#blocks.start(value, out);
      case "content_block_delta":
        return this.#blocks.add(value, out);
      case "content_block_stop":
        return this.#blocks.stop(value, out);
      case "message_delta":
        return this.#delta(value, out);
      case "message_stop":
        this.#finish(out);
        return;
      default:
        if (name !== "error" && !isObject(value.error)) return;
        out.push(...this.#fail(readFault(value) ?? NOT_JSON));
    }
  }

  #start(message: Json, out: ChatEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    out.push({ type: "start", ...decodeHead(message, this.#defaults) });
    this.#count(objectOf(message.usage), out);
  }

  /** Counts grow from event to event; what a later one leaves out still holds. */
  #count(usage: Json, out: ChatEvent[]): void {
    this.#usage = mergeUsage(this.#usage, usage);
    const counts = decodeUsage(this.#usage);
    if (counts !== undefined) out.push({ type: "usage", usage: counts });
  }

  #delta(value: Json, out: ChatEvent[]): void {
    this.#start({}, out);
    const delta = objectOf(value.delta);
    this.#end = { ...this.#end, ...restOf(delta, new Set()) };
    // A container, or what was cut from the context: known only now, and about the whole answer.
    const news = { ...restOf(delta, DELTA_MEMBERS), ...restOf(value, EVENT_MEMBERS) };
    const { extensions } = extend(news);
    if (extensions !== undefined) out.push({ type: "answer", extensions });
    if (isObject(value.usage)) this.#count(value.usage, out);
  }

  #finish(out: ChatEvent[]): ChatEvent[] {
    if (!this.#started) return out;
    this.#over = true;
    this.#blocks.stopAll(out);
    const { refusal, ...end } = decodeEnd(this.#end ?? {}, this.#blocks.called);
    for (const part of refusal) this.#blocks.whole(part, out);
    out.push({ type: "finish", choice: 0, ...end });
    return out;
  }

  #fail(fault: ProviderFault): ChatEvent[] {
    this.#over = true;
    return [{ type: "error", fault }];
  }
}
