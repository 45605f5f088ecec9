/** Vectors from the plan's providers: each is asked in as many calls as its limits make of the inputs. */
import type { EncodedRequest } from "../chat/codec.ts";
import type { Warning } from "../chat/warning.ts";
import { batchesOf, joinBatches } from "../embeddings/batches.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import type { EmbeddingRequest } from "../embeddings/request.ts";
import type { EmbeddingResponse } from "../embeddings/response.ts";
import { GatewayError } from "../errors.ts";
import { refuseLosses } from "../upstream/call.ts";
import type { Departure } from "../upstream/departure.ts";
import {
  callForVectors,
  type EmbeddedBatch,
  embeddingCodecOf,
  type EmbeddingExchange,
} from "../upstream/embed.ts";
import type { Target } from "../upstream/target.ts";
import { usageOfVectors } from "../upstream/usage_reader.ts";
import { keepVectors, readVectors, vectorSlot } from "./cached_vectors.ts";
import { costOfAnswer } from "./cost_of_answer.ts";
import { fanOut } from "./fan_out.ts";
import { inTries } from "./in_tries.ts";
import type { Plan } from "./plan.ts";
import { type PlannedModel, priced, type ProviderModel } from "./planned_model.ts";
import { contextOf, firstAnswer, noted, type Run, type RunContext, targetOf } from "./run.ts";
import { type Part, withinLimits } from "./within_limits.ts";
import type { Settings } from "./settings.ts";

/** Calls to one provider at a time; more of them are its rate limits' business before they are faster. */
const WIDTH = 8;

/** Vectors for all inputs, in their order. */
export interface EmbeddedAnswer {
  target: Target;
  warnings: Warning[];
  /** The provider's headers that the caller gets. */
  headers: Record<string, string>;
  response: EmbeddingResponse;
}

/** Asks the plan's steps in order until one gives all the vectors. */
export function runEmbeddings(
  plan: Plan,
  exchange: EmbeddingExchange,
  context: RunContext,
  run: Run,
  settings: Settings,
): Promise<EmbeddedAnswer> {
  const { departure } = exchange.asker;
  const ask = async (step: PlannedModel, index: number) => {
    const codec = codecFor(step, settings);
    const target = targetOf(step, plan, context);
    // However many calls a step takes, they are one attempt: side by side their times don't add up.
    const note = (calls: () => Promise<EmbeddedBatch[]>) =>
      noted(step, index, context.clock, run, calls);
    const pieces = piecesFor(target, codec, exchange);
    const own = contextOf(step, context);
    const embed = () => {
      const came: EmbeddingResponse[] = [];
      return withinLimits(
        own,
        () => priced(target),
        () => embedAt(target, pieces, codec, exchange, own, note, came),
        () => partOf(came, target, own),
      );
    };
    const { cache } = own;
    if (cache === undefined) return await embed();
    const slot = vectorSlot(cache, exchange, target, pieces, own);
    const kept = await slot.find(pieces.warnings);
    if (kept === undefined) {
      const answer = await embed();
      keepVectors(slot, answer.response);
      return answer;
    }
    run.cached = index;
    const { model, response } = readVectors(kept);
    return { target: { ...target, model }, warnings: pieces.warnings, headers: {}, response };
  };
  return firstAnswer(plan, departure, run, ask, context.walk);
}

/** What the step's vectors are spoken in. Throws 2019, naming who has some, where it has none. */
export function codecFor(step: ProviderModel, { providers }: Settings): EmbeddingCodec {
  const codec = embeddingCodecOf(step);
  if (codec !== undefined) return codec;
  const { slug } = step.provider.definition;
  const having = [...providers.values()].filter(({ definition }) => definition.embeddings)
    .map(({ definition }) => definition.slug);
  throw new GatewayError(
    2019,
    `${slug} has no embeddings; providers that have them: ${having.join(", ")}`,
    { provider: slug, param: "model" },
  );
}

/** A request as a target takes it. */
export interface EmbeddingPieces {
  batches: EmbeddingRequest[];
  encode: (batch: EmbeddingRequest) => EncodedRequest;
  warnings: Warning[];
}

/**
 * The request in as many pieces as the target takes, each written when it is its turn, and what writing them loses.
 * Throws 2019 for inputs that the provider can't take, 2108 in strict mode where something would be lost.
 */
export function piecesFor(
  target: Target,
  codec: EmbeddingCodec,
  { request, strict }: EmbeddingExchange,
): EmbeddingPieces {
  const limits = codec.limits(target.model);
  if (!limits.tokens) refuseTokens(target, request);
  const batches = batchesOf(request, limits.inputs);
  const encode = (batch: EmbeddingRequest) => codec.encodeRequest(batch, { model: target.model });
  // Every batch loses the same, so the first one tells before anything is sent.
  const { warnings } = encode(batches[0]!);
  if (strict) refuseLosses(warnings, target);
  return { batches, encode, warnings };
}

async function embedAt(
  target: Target,
  { batches, encode, warnings }: EmbeddingPieces,
  codec: EmbeddingCodec,
  exchange: EmbeddingExchange,
  context: RunContext,
  note: (calls: () => Promise<EmbeddedBatch[]>) => Promise<EmbeddedBatch[]>,
  came: EmbeddingResponse[],
): Promise<EmbeddedAnswer> {
  const callFor = async (batch: EmbeddingRequest, departure: Departure) => {
    const call = { codec, encoded: encode(batch), inputs: batch.inputs.length };
    // Each call is tried again by itself: what the others brought is not asked for twice.
    const answer = await inTries(
      target,
      departure,
      context,
      (target, own) => callForVectors(exchange, target, call, departure, own),
      batch.inputs.length / exchange.request.inputs.length,
    );
    came.push(answer.response);
    return answer;
  };
  const { departure } = exchange.asker;
  const answers = await note(() => fanOut(batches, WIDTH, departure, callFor));
  return {
    target,
    warnings,
    headers: answers.at(-1)?.headers ?? {},
    response: joinBatches(answers.map(({ response }) => response)),
  };
}

/** What came of the calls that were answered is paid for, also where another one fails. */
function partOf(came: readonly EmbeddingResponse[], target: Target, context: RunContext): Part {
  if (came.length === 0) return undefined;
  const fallbacks = context.gate?.tab.fallbacks ?? [];
  return {
    usage: () => usageOfVectors(joinBatches(came)),
    costOf: (usage) => costOfAnswer(target, fallbacks, usage, context),
  };
}

function refuseTokens({ provider }: Target, { inputs }: EmbeddingRequest): void {
  if (inputs.every((input) => typeof input === "string")) return;
  const { slug } = provider.definition;
  throw new GatewayError(
    2019,
    `${slug} takes no lists of tokens, which mean nothing to its models: input must be text`,
    { provider: slug, param: "input" },
  );
}
