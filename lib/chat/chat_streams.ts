/** The two directions of a codec as TransformStreams, for programs that pipe. */
import { GatewayError } from "../errors.ts";
import { compose, type Step } from "../stream/step.ts";
import { StepStream } from "../stream/step_stream.ts";
import type { AnswerDefaults, CallerCodec, ProviderCodec, StreamWishes } from "./codec.ts";
import type { ChatEvent } from "./event.ts";
import { type StreamProgress, watch } from "./stream_relay.ts";

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

/** Codecs leave errors to whoever runs them; here nobody else does. */
function writtenAnswer(codec: CallerCodec, wishes: StreamWishes): Step<ChatEvent, string> {
  const progress: StreamProgress = { content: false, finished: false };
  const passOn = compose(watch(progress), codec.streamEncoder(wishes));
  let failed = false;
  const fail = (error: GatewayError) => {
    failed = true;
    return [codec.encodeStreamError(error)];
  };
  return {
    push(event) {
      if (failed) return [];
      const texts = passOn.push(event);
      const { fault } = progress;
      return fault === undefined ? texts : fail(new GatewayError(2120, fault.message, { fault }));
    },
    end() {
      if (failed) return [];
      if (progress.finished) return passOn.end();
      return fail(new GatewayError(2111, "The stream broke off before the answer was complete"));
    },
  };
}

function byteEncoder({ bytesOf }: CallerCodec): Step<string, Uint8Array> {
  const utf8 = new TextEncoder();
  return { push: (text) => [bytesOf?.(text) ?? utf8.encode(text)], end: () => [] };
}
