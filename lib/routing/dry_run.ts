/** What a plan would send, step by step, while nothing is sent. */
import type { EncodedRequest } from "../chat/codec.ts";
import type { Warning } from "../chat/warning.ts";
import { type GatewayError, isGatewayError } from "../errors.ts";
import { encodeFor, refuseLosses } from "../upstream/call.ts";
import type { EmbeddingExchange } from "../upstream/embed.ts";
import type { Exchange, Sending } from "../upstream/exchange.ts";
import { type Rehearsal, rehearse } from "../upstream/rehearse.ts";
import type { Target } from "../upstream/target.ts";
import { carryThoughts } from "./carry_thoughts.ts";
import { encodeWithoutMedia } from "./inline_media.ts";
import type { Plan } from "./plan.ts";
import type { ProviderModel } from "./planned_model.ts";
import { type RunContext, targetOf } from "./run.ts";
import { codecFor, piecesFor } from "./run_embeddings.ts";
import type { Settings } from "./settings.ts";

/** One call that would be made; those of the second step only if the first step fails, and so on. */
export interface PlannedCall extends Rehearsal {
  /** The place in the plan, from 0. */
  step: number;
  provider: string;
  model: string;
  /** All of them, however many. */
  warnings: Warning[];
  /** Paths of the media that would be fetched first: in the body something else stands for them. */
  fetches?: string[];
}

/** A step that would fail before anything is sent. */
export interface FailedStep {
  step: number;
  provider: string;
  model: string;
  error: { code: string; message: string; param: string | null };
}

/** What every step would send, in order. */
export type DryRun = readonly (PlannedCall | FailedStep)[];

/** A step's requests, ready to be sent. */
interface WrittenStep {
  target: Target;
  requests: EncodedRequest[];
  fetches?: string[];
}

/** Chat: one call a step, with the thoughts its client forgot. */
export function dryRunChat(plan: Plan, exchange: Exchange, context: RunContext): Promise<DryRun> {
  return walk(plan, exchange, context, async (step) => {
    const target = targetOf(step, plan, context);
    const carrying = await carryThoughts(exchange, target, context);
    const { exchange: whole, warnings } = carrying ?? { exchange, warnings: [] };
    if (exchange.strict) refuseLosses(warnings, target);
    const { encoded, fetches } = encodeUnfetched(whole, target, context);
    encoded.warnings.push(...warnings);
    return { target, requests: [encoded], ...(fetches && { fetches }) };
  });
}

function encodeUnfetched(
  exchange: Exchange,
  target: Target,
  context: RunContext,
): { encoded: EncodedRequest; fetches?: string[] } {
  try {
    return { encoded: encodeFor(exchange, target) };
  } catch (error) {
    return encodeWithoutMedia(error, exchange, target, context);
  }
}

/** Vectors: as many calls a step as the provider's limits make of the inputs. */
export function dryRunEmbeddings(
  plan: Plan,
  exchange: EmbeddingExchange,
  context: RunContext,
  settings: Settings,
): Promise<DryRun> {
  return walk(plan, exchange, context, (step) => {
    const codec = codecFor(step, settings);
    const target = targetOf(step, plan, context);
    const { batches, encode } = piecesFor(target, codec, exchange);
    return { target, requests: batches.map(encode) };
  });
}

/** Throws, as a run would, where no step could send anything. */
async function walk(
  plan: Plan,
  exchange: Sending,
  { clock, warnings }: RunContext,
  write: (step: ProviderModel) => WrittenStep | Promise<WrittenStep>,
): Promise<DryRun> {
  const calls: (PlannedCall | FailedStep)[] = [];
  let last: GatewayError | undefined;
  for (const [at, step] of plan.steps.entries()) {
    const about = { step: at, provider: step.provider.definition.slug, model: step.model };
    try {
      const { target, requests, fetches } = await write(step);
      const media = fetches && { fetches };
      for (const request of requests) {
        const rehearsal = await rehearse(exchange, target, request, clock);
        const all = [...warnings, ...request.warnings];
        calls.push({ ...about, ...rehearsal, ...media, warnings: all });
      }
    } catch (error) {
      if (!isGatewayError(error)) throw error;
      last = error;
      calls.push({ ...about, error: shown(error) });
    }
  }
  if (last !== undefined && calls.every((call) => "error" in call)) throw last;
  return calls;
}

function shown({ code, message, param }: GatewayError): FailedStep["error"] {
  return { code: String(code), message, param: param ?? null };
}
