/**
 * Neutral events → Anthropic's stream: a beginning, blocks one after the other, and, when everything is
 * known, how it ended and what it cost. https://platform.claude.com/docs/en/build-with-claude/streaming
 */
import type { StreamWishes } from "../../chat/codec.ts";
import type { ChatEvent, EventOfChoice, FinishEvent, StartEvent } from "../../chat/event.ts";
import type { CostTeller, Usage } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { encodeEvent } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";
import type { Json } from "../../json/fields.ts";
import { BlockEncoder } from "./block_encoder.ts";
import { encodeStreamError } from "./encode_error.ts";
import { encodeEnd } from "./encode_response.ts";
import { extend, extensionOf } from "./extension.ts";
import { addCost, encodeUsage } from "./usage.ts";
import type { WireAnswer } from "./wire.ts";

/** One text per event of Anthropic's. `end()` gives the last two; not after an error. */
export function streamEncoder({ cost }: StreamWishes): Step<ChatEvent, string> {
  return new StreamEncoder(cost);
}

class StreamEncoder implements Step<ChatEvent, string> {
  readonly #blocks = new BlockEncoder();
  /** Kept until the first block, since some providers count what they read right after their beginning. */
  #start: StartEvent | undefined;
  #begun = false;
  #usage: Usage | undefined;
  #finish: FinishEvent | undefined;
  /** Said about the choice, and about the whole answer, after the beginning. */
  #choiceNews: Json = {};
  #news: Json = {};
  #failed = false;
  /** Told at the end of the stream, where it is known. */
  readonly #cost: CostTeller | undefined;

  constructor(cost: CostTeller | undefined) {
    this.#cost = cost;
  }

  push(event: ChatEvent): string[] {
    if (this.#failed) return [];
    switch (event.type) {
      case "start":
        this.#start = event;
        return [];
      case "answer":
        Object.assign(this.#news, extensionOf(event));
        return [];
      case "usage":
        this.#usage = event.usage;
        return [];
      case "error":
        this.#failed = true;
        return [
          encodeStreamError(new GatewayError(2120, event.fault.message, { fault: event.fault })),
        ];
      default:
        // Whoever speaks this protocol gets one answer.
        return event.choice === 0 ? this.#encode(event) : [];
    }
  }

  #encode(event: EventOfChoice): string[] {
    switch (event.type) {
      case "choice":
        Object.assign(this.#choiceNews, extensionOf(event));
        return [];
      case "finish":
        this.#finish = event;
        return this.#begin();
      default:
        return [...this.#begin(), ...this.#blocks.encode(event).map(write)];
    }
  }

  end(): string[] {
    if (this.#failed) return [];
    const { container = null, ...news } = this.#news;
    const delta = { ...this.#end(), container };
    const last = { type: "message_delta", delta, usage: encodeUsage(this.#usage), ...news };
    addCost(last, this.#usage, this.#cost);
    return [
      ...this.#begin(),
      ...this.#blocks.end().map(write),
      write(last),
      write({ type: "message_stop" }),
    ];
  }

  #begin(): string[] {
    if (this.#begun) return [];
    this.#begun = true;
    const { id = "", model = "" } = this.#start ?? {};
    const message: WireAnswer = {
      id,
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: encodeUsage(this.#usage),
      ...extensionOf(this.#start ?? {}),
    };
    return [write({ type: "message_start", message })];
  }

  #end(): ReturnType<typeof encodeEnd> {
    const { reason = "error", native, extensions = {} } = this.#finish ?? {};
    const news = { ...this.#choiceNews, ...extensionOf({ extensions }) };
    const choice = { finishReason: reason, nativeFinishReason: native, ...extend(news) };
    return encodeEnd(choice, this.#blocks.refusal);
  }
}

function write(event: Json & { type: string }): string {
  return encodeEvent({ event: event.type, data: JSON.stringify(event) });
}
