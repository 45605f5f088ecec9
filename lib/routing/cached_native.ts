/** The cache where a provider is asked in its own words: what comes back is kept, and given again, to the byte. */
import { type ByteSource, sourceOfBytes } from "../byte_source.ts";
import { isObject, parseJson } from "../json/fields.ts";
import { ByteCopy, type CopiedAnswer } from "../upstream/answer_copy.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { bytesOfKept, type KeptAnswer, keptBody } from "../upstream/kept_answer.ts";
import type { NativeAnswer, NativeRequest } from "../upstream/passthrough.ts";
import type { Target } from "../upstream/target.ts";
import { CacheSlot, type CacheUse, type SlotContext } from "./cache_slot.ts";
import { isGood } from "./cached_chat.ts";

/** The place of the answer; `undefined` for what is no question, or is not known before it is sent. */
export function nativeSlot(
  use: CacheUse,
  { method, path, search, headers, body }: NativeRequest,
  target: Target,
  context: SlotContext,
): CacheSlot | undefined {
  if (method !== "POST" || body === undefined || body instanceof ReadableStream) return undefined;
  const text = typeof body === "string" ? { body } : keptBody(body);
  if ("binary" in text) return undefined;
  // Here a stream is never made of a whole answer, so what a name stands for must not be both.
  const asked = `${path}${search} ${/"stream"\s*:\s*true/.test(text.body)}`;
  const telling = Object.entries(headers).filter(([name]) => !TELLS_NOTHING.test(name)).sort();
  const question = { model: "", besides: telling, body: text.body };
  return new CacheSlot(use, target, { dialect: `native ${asked}`, question }, context);
}

/** Headers that say who asks, when and along which way: another one each time, and the answer doesn't depend on them. */
const TELLS_NOTHING = new RegExp(
  "^(?:accept-language|baggage|content-length|date|idempotency-key|origin|priority|referer|sec-.*|sentry-trace|" +
    "traceparent|tracestate|user-agent|via|x-amz-date|x-amzn-trace-id|x-b3-.*|x-client-request-id|" +
    "x-cloud-trace-context|x-correlation-id|x-datadog-.*|x-request-id|x-stainless-.*)$",
);

/** An answer that was kept. */
export function nativeAnswerOf(kept: KeptAnswer): NativeAnswer {
  return {
    status: 200,
    headers: { "content-type": kept.type },
    body: sourceOfBytes(bytesOfKept(kept)),
  };
}

/** The same answer, which is kept when it has been read to its end, and is worth it. */
export function keptWhenRead(
  answer: NativeAnswer,
  provider: ConfiguredProvider,
  slot: CacheSlot,
  { maxBytes, asked }: CacheUse,
): NativeAnswer {
  const { status, headers, body } = answer;
  const { "content-type": type = "", "content-encoding": encoding } = headers;
  if (status !== 200 || body === null || encoding !== undefined) return answer;
  const form = formOf(type);
  if (form === undefined) return answer;
  const { take } = slot.taker((copy) => isWorth(copy, provider, asked));
  const give = (bytes: Uint8Array) => take({ form, type, ...keptBody(bytes) });
  const isAll = (bytes: Uint8Array) => form === "stream" && hasEnded(bytes, provider);
  return { ...answer, body: copiedSource(body, new ByteCopy(maxBytes), isAll, give) };
}

function formOf(type: string): KeptAnswer["form"] | undefined {
  if (/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) return "whole";
  return /^(?:text\/event-stream|application\/(?:x-ndjson|vnd\.amazon\.eventstream))\b/i.test(type)
    ? "stream"
    : undefined;
}

/**
 * Chat and vectors are the same however often they are asked for. What else a provider has may be done by a POST, such as
 * a batch that is begun, and is not done by an answer that is given again: there the caller himself must have asked.
 */
function isWorth(
  copy: CopiedAnswer,
  { definition: { codec, embeddings } }: ConfiguredProvider,
  asked: boolean,
): boolean {
  const good = codec && isGood(copy, codec);
  if (good !== undefined) return good;
  if (copy.form === "stream") return false;
  if (embeddings?.decodeResponse(copy.body, { model: "" }) !== undefined) return true;
  return asked && saysDone(copy.body);
}

/** An object that tells neither of an error nor of something that is still to be done. */
function saysDone(text: string): boolean {
  const value = parseJson(text);
  if (!isObject(value)) return false;
  const { error, status } = value;
  return (error ?? undefined) === undefined &&
    (typeof status !== "string" || DONE.test(status));
}

const DONE = /^(?:completed|succeeded|success|ok)$/i;

/** Whether the end mark is among the bytes of a stream. */
function hasEnded(bytes: Uint8Array, { definition: { codec } }: ConfiguredProvider): boolean {
  const relay = codec?.relay?.relayStream({ usage: true }, { id: "", model: "", created: 0 });
  relay?.push(bytes);
  return relay?.progress.ended === true;
}

/** The same bytes; `give` gets all of them once the last one has been read, or `isAll` says of what was read that it is. */
function copiedSource(
  source: ByteSource,
  copy: ByteCopy,
  isAll: (bytes: Uint8Array) => boolean,
  give: (bytes: Uint8Array) => void,
): ByteSource {
  return {
    async next() {
      const bytes = await source.next();
      if (bytes !== undefined) {
        copy.add(bytes);
        return bytes;
      }
      const all = copy.take();
      if (all !== undefined) give(all);
      return undefined;
    },
    cancel() {
      const read = copy.take();
      if (read !== undefined && isAll(read)) give(read);
      source.cancel();
    },
  };
}
