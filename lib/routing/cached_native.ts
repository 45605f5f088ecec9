/** The cache where a provider is asked in its own words: what comes back is kept, and given again, to the byte. */
import { type ByteSource, sourceOfBytes } from "../byte_source.ts";
import { isObject, type Json, objectsOf, parseJson } from "../json/fields.ts";
import { ByteCopy, type CopiedAnswer } from "../upstream/answer_copy.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { bearsOnAnswer } from "../upstream/headers.ts";
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
  const telling = Object.entries(headers).filter(([name]) => bearsOnAnswer(name)).sort();
  const question = { model: "", besides: telling.flat(), body: text.body };
  return new CacheSlot(use, target, { dialect: `native ${asked}`, question }, context);
}

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

/** An object that tells neither of an error or a refusal, nor of something that is cut short or still to be done. */
function saysDone(text: string): boolean {
  const value = parseJson(text);
  if (!isObject(value) || REFUSAL.test(text)) return false;
  const { error, status, name, done, choices, candidates } = value;
  return (error ?? undefined) === undefined &&
    (typeof status !== "string" || DONE.test(status)) &&
    (isOperation(name) ? done === true : done !== false) &&
    [value, ...objectsOf(choices), ...objectsOf(candidates)].every(endsWell);
}

const DONE = /^(?:completed|succeeded|success|ok)$/i;

/** Inside a JSON string every quote is written `\"`, so that no model can say this. */
const REFUSAL = /"type"\s*:\s*"refusal"|"refusal"\s*:\s*"[^"]/;

/** Google's name for something that takes long, which is begun when it has one. */
function isOperation(name: unknown): boolean {
  return typeof name === "string" && /(?:^|\/)operations\//.test(name);
}

/** Where it is said why an answer ended, in whichever protocol's spelling, it was of itself. */
function endsWell(answer: Json): boolean {
  return FINISHES.every((finish) =>
    answer[finish] === undefined || WELL.test(String(answer[finish]))
  );
}

const FINISHES = ["finish_reason", "finishReason", "stop_reason", "stopReason"];
const WELL =
  /^(?:stop|eos|eos_token|end_turn|stop_sequence|complete|tool_calls?|tool_use|function_call)$/i;

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
