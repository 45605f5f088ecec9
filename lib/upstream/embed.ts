/** One real call for vectors: as many inputs as the provider takes at once. */
import type { EncodedRequest } from "../chat/codec.ts";
import type { Warning } from "../chat/warning.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import type { EmbeddingRequest } from "../embeddings/request.ts";
import type { EmbeddingResponse } from "../embeddings/response.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { parseJson } from "../json/fields.ts";
import { refusal } from "./call.ts";
import type { CallContext } from "./call_context.ts";
import type { Departure } from "./departure.ts";
import { chatCodecOf } from "./dialect.ts";
import { send } from "./egress.ts";
import type { Sending, Waiting } from "./exchange.ts";
import { answerHeaders } from "./headers.ts";
import { withProvider } from "./provider_error.ts";
import { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";

/** One caller's wish for vectors, as every attempt sees it. */
export interface EmbeddingExchange extends Sending {
  request: EmbeddingRequest;
  /** Refuse a parameter the provider cannot honour instead of dropping it. */
  strict: boolean;
}

/** Part of the inputs, with all a call needs. */
export interface EmbeddingCall {
  codec: EmbeddingCodec;
  encoded: EncodedRequest;
  /** So many vectors must come. */
  inputs: number;
}

/** What came of it. */
export interface EmbeddedBatch {
  response: EmbeddingResponse;
  /** The provider's headers that the caller gets. */
  headers: Record<string, string>;
}

/** What the target speaks about this model, if it has embeddings at all. */
export function embeddingCodecOf(
  { provider, model }: Omit<Target, "key">,
): EmbeddingCodec | undefined {
  const { embeddings } = provider.definition;
  return embeddings?.forModel?.(model) ?? embeddings;
}

/** Sends the request and reads the answer; `departure` ends this call alone. */
export async function callForVectors(
  exchange: EmbeddingExchange,
  target: Target,
  { codec, encoded, inputs }: EmbeddingCall,
  departure: Departure,
  context: CallContext,
): Promise<EmbeddedBatch> {
  const asker: Waiting = { stream: false, departure };
  const warnings: Warning[] = encoded.warnings;
  const call = new RunningCall(asker, target, warnings, context);
  try {
    call.expectHeaders();
    const answer = await send(call, exchange, encoded);
    call.expectBody();
    if (answer.status >= 300) throw await refusal(call, answer, chatCodecOf(target));
    const text = await call.text(answer);
    call.finish();
    const response = codec.decodeResponse(text, context.defaults, answer.headers);
    if (response === undefined) throw withoutVectors(target, text, context);
    if (response.vectors.length !== inputs) throw otherCount(target, response, inputs);
    return { response, headers: answerHeaders(answer) };
  } catch (error) {
    const reason = call.explain(error);
    call.abort(reason);
    throw withProvider(target, reason);
  }
}

/** An error inside a 200, which the provider's chat codec knows to read, or something else. */
function withoutVectors(target: Target, text: string, { defaults }: CallContext): unknown {
  try {
    chatCodecOf(target).decodeResponse(text, defaults);
  } catch (error) {
    if (isGatewayError(error) && error.fault !== undefined) return error;
  }
  const { slug } = target.provider.definition;
  // Only what is no JSON is quoted: the rest may repeat what was asked.
  const start = text.trim().slice(0, 80);
  const quoted = parseJson(text) === undefined ? `: ${JSON.stringify(start)}` : "";
  return new GatewayError(2002, `${slug} answered with something that holds no vectors${quoted}`, {
    provider: slug,
  });
}

function otherCount(target: Target, { vectors }: EmbeddingResponse, inputs: number): GatewayError {
  const { slug } = target.provider.definition;
  const counts = `${vectors.length} vectors for ${inputs} inputs`;
  return new GatewayError(2002, `${slug} answered with ${counts}`, { provider: slug });
}
