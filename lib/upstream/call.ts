/** One real call to one provider: write the request, send it, and tell an answer from a failure. */
import type { EncodedRequest, ProviderCodec } from "../chat/codec.ts";
import type { ChatRequest } from "../chat/request.ts";
import { isLoss, type Warning } from "../chat/warning.ts";
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import type { Answer } from "./answer.ts";
import type { CopyTaker } from "./answer_copy.ts";
import type { CallContext } from "./call_context.ts";
import { chatCodecOf, dialectOf } from "./dialect.ts";
import { send } from "./egress.ts";
import type { Exchange, Waiting } from "./exchange.ts";
import { answerHeaders } from "./headers.ts";
import { openStream } from "./open_stream.ts";
import { httpStatus, refusedBy } from "./provider_error.ts";
import { readWhole } from "./read_whole.ts";
import { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";

/**
 * Writes the request, once per target; throws 2108 in strict mode where something would be lost, 2123 for media that
 * the provider does not fetch.
 */
export function encodeFor(exchange: Exchange, target: Target): EncodedRequest {
  const { relay } = dialectOf(exchange.asker, target);
  if (relay === undefined || exchange.completed === true) {
    return encodeTranslated(exchange, target, exchange.request());
  }
  const options = { model: target.model, stream: exchange.asker.stream };
  const encoded = relay.relayRequest(exchange.body, options);
  if (exchange.strict) refuseLosses(encoded.warnings, target);
  return encoded;
}

/** The same for a request that is not, or no longer, in the caller's own text. */
export function encodeTranslated(
  exchange: Exchange,
  target: Target,
  request: ChatRequest,
): EncodedRequest {
  const options = { model: target.model, stream: exchange.asker.stream };
  const encoded = chatCodecOf(target).encodeRequest(request, options);
  if (exchange.strict) refuseLosses(encoded.warnings, target);
  return encoded;
}

/** Throws 2108 where something of the request would be lost, at the target or before there is one. */
export function refuseLosses(warnings: readonly Warning[], target?: Target): void {
  const losses = warnings.filter(isLoss);
  if (losses.length === 0) return;
  const provider = target?.provider.definition.slug;
  const list = losses.map(({ kind, param, reason }) =>
    `${param} (${reason === undefined ? kind : `${kind}: ${reason}`})`
  ).join(", ");
  throw new GatewayError(2108, `Strict mode: ${provider ?? "the gateway"} cannot honour ${list}`, {
    provider,
    param: losses[0]?.param,
  });
}

/**
 * Sends the request and gives the answer: a whole one, or a stream that has shown content. Every failure
 * until then is thrown, so that somebody else can still be asked. `copy` gets the answer, too.
 */
export async function callProvider(
  exchange: Exchange,
  target: Target,
  encoded: EncodedRequest,
  context: CallContext,
  copy?: CopyTaker,
): Promise<Answer> {
  const call = new RunningCall(exchange.asker, target, encoded.warnings, context, copy);
  try {
    call.expectHeaders();
    const response = await send(call, exchange, encoded);
    call.expectBody();
    if (response.status >= 300) {
      throw await refusal(call, response, dialectOf(exchange.asker, target).codec);
    }
    const answer = exchange.asker.stream
      ? await openStream(call, response)
      : readWhole(call, response, await call.text(response));
    const { turns } = context;
    if (turns?.pending !== undefined) await turns.pending;
    return answer;
  } catch (error) {
    const reason = call.explain(error);
    call.abort(reason);
    throw reason;
  }
}

/** An error body may be anything, also endless; more of it than this helps nobody. */
export const MAX_ERROR_BODY = 64 * 1024;

/** What an answer with an error's status, or a redirect, says; `codec` is the provider's. */
export async function refusal(
  call: RunningCall<Waiting>,
  response: FetchedResponse,
  codec: ProviderCodec,
): Promise<GatewayError> {
  const { target } = call;
  const { slug } = target.provider.definition;
  if (response.status < 400) {
    const redirect = `${slug} answered with a redirect (${response.status}), which is not followed`;
    return new GatewayError(2112, `${redirect}: check providers.${slug}.baseUrl`, {
      provider: slug,
    });
  }
  const text = await call.beginning(response, MAX_ERROR_BODY);
  const fault = codec.decodeError(httpStatus(response.status), text, response.headers);
  const headers = answerHeaders(response);
  // Google says in the body alone when to come back, and clients look for it in the header.
  if (fault.retryAfter !== undefined && headers["retry-after"] === undefined) {
    headers["retry-after"] = String(Math.ceil(fault.retryAfter / 1000));
  }
  return refusedBy(target, fault, headers);
}
