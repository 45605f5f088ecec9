/** The two directions of a codec as TransformStreams, for programs that pipe. */
import { GatewayError } from "../errors.ts";
import { compose, type Step } from "../stream/step.ts";
import { StepStream } from "../stream/step_stream.ts";
import { utf8Bytes } from "../stream/utf8.ts";
import type { AnswerDefaults, CallerCodec, ProviderCodec, StreamWishes } from "./codec.ts";
import type { ChatEvent } from "./event.ts";
import { type StreamProgress, type StreamRelay, translateStream, watch } from "./stream_relay.ts";

/**
 * The bytes of a provider's stream → neutral events. `defaults` stand in where the provider names no id, model or
 * time. What the provider says of a failure is an `error` event, after which nothing comes.
 *
 * @example
 * ```ts
 * import { ChatDecoderStream, openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const wire = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n';
 * const events = new Response(wire).body!.pipeThrough(new ChatDecoderStream(openaiChat()));
 * const types = (await Array.fromAsync(events)).map(({ type }) => type);
 * console.log(types.join(" ")); // start part-start part-end finish
 * ```
 */
export class ChatDecoderStream extends StepStream<Uint8Array, ChatEvent> {
  /** Reads what `codec` reads. */
  constructor(codec: ProviderCodec, defaults: Partial<AnswerDefaults> = {}) {
    super(codec.streamDecoder({ id: "", model: "", created: 0, ...defaults }));
  }
}

/**
 * Neutral events → the bytes of a caller's stream. A complete answer ends with the dialect's own mark; one that
 * failed, or broke off before its finish, ends with one error event of the dialect instead.
 *
 * @example
 * ```ts
 * import { ChatDecoderStream, ChatEncoderStream, openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const codec = openaiChat();
 * const cutOff = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n';
 * const stream = new Response(cutOff).body!
 *   .pipeThrough(new ChatDecoderStream(codec))
 *   .pipeThrough(new ChatEncoderStream(codec));
 * const text = await new Response(stream).text();
 * console.log(text.includes('data: {"error"'), text.includes("[DONE]")); // true false
 * ```
 */
export class ChatEncoderStream extends StepStream<ChatEvent, Uint8Array> {
  /** Writes what `codec` writes. */
  constructor(codec: CallerCodec, wishes: StreamWishes = { usage: false }) {
    super(compose(writtenAnswer(codec, wishes), byteEncoder(codec)));
  }
}

/** What {@linkcode ChatTranslatorStream} does besides translating. */
export interface TranslatorOptions {
  /** Stand in where the provider names no id, model or time. */
  defaults?: Partial<AnswerDefaults>;
  /** How the stream is written. Default: without token counts. */
  wishes?: StreamWishes;
}

/**
 * The bytes of one protocol's stream → those of another's, as {@linkcode ChatDecoderStream} and
 * {@linkcode ChatEncoderStream} give them together, in one hop: one output for one read.
 *
 * @example
 * ```ts
 * import { anthropicMessages, ChatTranslatorStream } from "dragoman/codecs/anthropic_messages";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const claude = [
 *   { type: "message_start", message: { id: "msg_1", model: "claude", content: [] } },
 *   { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
 *   { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
 *   { type: "message_delta", delta: { stop_reason: "end_turn" } },
 *   { type: "message_stop" },
 * ].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
 * const stream = new Response(claude).body!
 *   .pipeThrough(new ChatTranslatorStream(anthropicMessages(), openaiChat()));
 * const text = await new Response(stream).text();
 * console.log(text.includes('"content":"Hi"'), text.endsWith("data: [DONE]\n\n")); // true true
 * ```
 */
export class ChatTranslatorStream extends StepStream<Uint8Array, Uint8Array> {
  /** Reads what `from` reads and writes what `to` writes. */
  constructor(from: ProviderCodec, to: CallerCodec, options: TranslatorOptions = {}) {
    const { defaults, wishes = { usage: false } } = options;
    const decoder = from.streamDecoder({ id: "", model: "", created: 0, ...defaults });
    super(translation(translateStream(decoder, to.streamEncoder(wishes), to.bytesOf), to));
  }
}

/** What a relay leaves to whoever runs it, the telling of failures, done as {@linkcode writtenAnswer} does it. */
function translation(relay: StreamRelay, codec: CallerCodec): Step<Uint8Array, Uint8Array> {
  const { progress } = relay;
  const encoder = byteEncoder(codec);
  const told = (written: Uint8Array | undefined, failure: GatewayError | undefined) => {
    const bytes = written === undefined ? [] : [written];
    if (failure === undefined) return bytes;
    return [...bytes, ...encoder.push(codec.encodeStreamError(failure))];
  };
  return {
    push(read) {
      if (progress.fault !== undefined) return [];
      return told(relay.push(read), refusal(progress));
    },
    end() {
      if (progress.fault !== undefined) return [];
      return told(relay.end(), refusal(progress) ?? brokenOff(progress));
    },
  };
}

function refusal({ fault }: StreamProgress): GatewayError | undefined {
  return fault && new GatewayError(2120, fault.message, { fault });
}

function brokenOff({ finished }: StreamProgress): GatewayError | undefined {
  if (finished) return undefined;
  return new GatewayError(2111, "The stream broke off before the answer was complete");
}

/** Codecs leave errors to whoever runs them; here nobody else does. */
function writtenAnswer(codec: CallerCodec, wishes: StreamWishes): Step<ChatEvent, string> {
  const progress: StreamProgress = { content: false, finished: false };
  const passes = watch(progress);
  const encoder = codec.streamEncoder(wishes);
  return {
    push(event) {
      if (progress.fault !== undefined) return [];
      if (passes(event)) return encoder.push(event);
      const failure = refusal(progress);
      return failure === undefined ? [] : [codec.encodeStreamError(failure)];
    },
    end() {
      if (progress.fault !== undefined) return [];
      const failure = brokenOff(progress);
      return failure === undefined ? encoder.end() : [codec.encodeStreamError(failure)];
    },
  };
}

function byteEncoder({ bytesOf = utf8Bytes }: CallerCodec): Step<string, Uint8Array> {
  return { push: (text) => [bytesOf(text)], end: () => [] };
}
