/** The cache on the road of a chat: what is asked, and which answers are worth keeping. */
import type { EncodedRequest, ProviderCodec } from "../chat/codec.ts";
import { fold } from "../chat/fold.ts";
import type { Part } from "../chat/request.ts";
import type { ChatResponse, Choice } from "../chat/response.ts";
import { isGatewayError } from "../errors.ts";
import { parseJson } from "../json/fields.ts";
import { scanObject } from "../json/scan_object.ts";
import { removeMembers, splice } from "../json/splice.ts";
import { onceThere, type Soon } from "../soon.ts";
import { runStep } from "../stream/step.ts";
import type { Answer } from "../upstream/answer.ts";
import type { CopiedAnswer, CopyTaker } from "../upstream/answer_copy.ts";
import type { CallContext } from "../upstream/call_context.ts";
import { chatCodecOf } from "../upstream/dialect.ts";
import type { Exchange } from "../upstream/exchange.ts";
import { tellingHeaders } from "../upstream/headers.ts";
import { bytesOfKept } from "../upstream/kept_answer.ts";
import { replayAnswer } from "../upstream/replay.ts";
import type { Target } from "../upstream/target.ts";
import { CacheSlot, type CacheUse, type SlotContext } from "./cache_slot.ts";

/** The answer that is kept for a call, as it is given again; where there is none, whoever keeps its own one. */
export function keptAnswer(
  use: CacheUse,
  exchange: Exchange,
  target: Target,
  encoded: EncodedRequest,
  context: CallContext & SlotContext,
): Soon<{ kept: Promise<Answer> } | { copy: CopyTaker }> {
  const codec = chatCodecOf(target);
  const slot = slotFor(use, exchange, target, encoded, codec, context);
  const { warnings } = encoded;
  return onceThere(
    slot.find(warnings),
    (kept) =>
      kept === undefined
        ? { copy: slot.taker((copy, endsWell) => isGood(copy, codec, endsWell) === true) }
        : { kept: replayAnswer(kept, exchange.asker, target, warnings, alreadyPaid(context)) },
  );
}

/** What is kept costs nothing more. */
function alreadyPaid(context: CallContext): CallContext {
  return context.costOf === undefined ? context : { ...context, costOf: () => 0 };
}

/** Whole or streamed, an answer has the same place. */
function slotFor(
  use: CacheUse,
  exchange: Exchange,
  target: Target,
  encoded: EncodedRequest,
  codec: ProviderCodec,
  context: SlotContext,
): CacheSlot {
  const { protocol } = exchange.asker.caller;
  const besides = [codec.protocol, ...tellingHeaders(exchange, target)];
  if (encoded.headers !== undefined) besides.push(...Object.entries(encoded.headers).flat());
  const question = { model: target.model, besides, body: withoutDelivery(encoded.body, codec) };
  return new CacheSlot(use, target, { dialect: protocol, question }, context);
}

/** The body as far as it bears on the answer. */
function withoutDelivery(body: string, { delivery = [] }: ProviderCodec): string {
  // A cheap look first: where such a name is only spoken of, no member is found.
  if (!delivery.some((name) => body.includes(name))) return body;
  return splice(body, removeMembers(scanObject(body), new Set(delivery)));
}

/**
 * Whether the answer is a good one to its end: neither cut short nor refused, and every call of a tool complete;
 * `undefined`: it is none that the codec can read.
 */
export function isGood(
  copy: CopiedAnswer,
  codec: ProviderCodec,
  endsWell = () => codec.endsWell?.(copy.body),
): boolean | undefined {
  const told = endsWell();
  if (told !== undefined) return told;
  const { choices = [] } = decoded(copy, codec) ?? {};
  return choices.length === 0 ? undefined : choices.every(isGoodChoice);
}

function isGoodChoice({ finishReason, doubtful, parts }: Choice): boolean {
  const ended = finishReason === "stop" || finishReason === "tool_call";
  return ended && !doubtful && parts.every(isGoodPart);
}

/** `undefined` for what is no chat answer, or tells of an error. */
function decoded(copy: CopiedAnswer, codec: ProviderCodec): ChatResponse | undefined {
  const defaults = { id: "", model: "", created: 0 };
  try {
    if (copy.form === "whole") return codec.decodeResponse(copy.body, defaults);
    return fold(runStep(codec.streamDecoder(defaults), [bytesOfKept(copy)]));
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

/** A function's arguments are JSON, or nothing where it takes none. */
function isGoodPart(part: Part): boolean {
  if (part.type === "refusal") return false;
  if (part.type !== "tool_call" || part.kind === "custom") return true;
  return part.arguments.trim() === "" || parseJson(part.arguments) !== undefined;
}
