/** The place in the cache of one question to one target. */
import type { Warning } from "../chat/warning.ts";
import type { AnswerCache, CachedQuestion, CachePlace } from "../policy/answer_cache.ts";
import { orElse, type Soon } from "../soon.ts";
import type { CopiedAnswer, CopyTaker } from "../upstream/answer_copy.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import type { KeyChoice } from "../upstream/credentials.ts";
import type { KeptAnswer } from "../upstream/kept_answer.ts";
import type { Target } from "../upstream/target.ts";
import type { Background } from "./background.ts";
import { type TenantContext, tenantOf } from "./tenant.ts";

/** How a request uses the cache. */
export interface CacheUse {
  answers: AnswerCache;
  /** Milliseconds. */
  ttl: number;
  /** Of an answer's body; a longer one is not kept. */
  maxBytes: number;
  /** The request itself asks for it, whatever the gateway does with others. */
  asked: boolean;
  /** `cf-aig-cache-key`: what he calls the question. */
  named?: string;
}

/** What of a request's context the cache needs. */
export interface SlotContext extends TenantContext, Background {
  keys: KeyChoice;
}

/** What is asked, in which dialect its answer is read. */
export interface SlotQuestion {
  dialect: string;
  question: Exclude<CachedQuestion, { named: string }>;
}

/** Whether an answer is worth keeping; `endsWell` where somebody who has read it can tell at a glance. */
export type Judge = (...given: Parameters<CopyTaker["take"]>) => boolean;

/** Finds, and keeps, one answer. */
export class CacheSlot {
  readonly #use: CacheUse;
  readonly #context: SlotContext;
  readonly #model: string;
  readonly #place: CachePlace;

  constructor(
    use: CacheUse,
    target: Target,
    { dialect, question }: SlotQuestion,
    context: SlotContext,
  ) {
    this.#use = use;
    this.#context = context;
    this.#model = target.model;
    const realm = {
      tenant: tenantOf(context),
      credential: payerOf(target, context.keys),
      provider: written(target.provider),
      dialect,
    };
    const { answers, named } = use;
    this.#place = answers.placeOf(realm, named === undefined ? question : { named });
  }

  /** The answer, if it is there. A store that fails has none: the caller is told so, and the operator why. */
  find(warnings: Warning[]): Soon<KeptAnswer | undefined> {
    return orElse(this.#use.answers.get(this.#place), (error) => {
      void this.#context.background(() => Promise.reject(error));
      warnings.push(NO_STORE);
      return undefined;
    });
  }

  /** Takes a copy of the answer, and keeps it if `isWorth` says so; nobody waits for that. */
  taker(isWorth: Judge): CopyTaker {
    return {
      maxBytes: this.#use.maxBytes,
      take: (answer, endsWell) =>
        void this.#context.background(() => {
          if (isWorth(answer, endsWell)) return this.#keep(answer);
        }),
    };
  }

  #keep(answer: CopiedAnswer): Soon<void> {
    const { answers, ttl } = this.#use;
    return answers.set(this.#place, { ...answer, model: this.#model }, ttl);
  }
}

/** What a provider is configured as; no request changes it, so that it is written once. */
function written(provider: ConfiguredProvider): string {
  let text = WRITTEN.get(provider);
  if (text === undefined) {
    const { definition, baseUrl, place, headers } = provider;
    text = JSON.stringify([definition.slug, baseUrl, place, headers]);
    WRITTEN.set(provider, text);
  }
  return text;
}

const WRITTEN = new WeakMap<ConfiguredProvider, string>();

const NO_STORE: Warning = {
  kind: "skipped",
  param: "cache",
  reason: "the store in which answers are kept does not answer",
};

/** By its alias, since a key that is replaced, or one of several, is the same to whoever has stored it. */
function payerOf({ key }: Target, { requestKey, alias = "default" }: KeyChoice): string[] {
  return requestKey !== undefined && requestKey === key ? ["own", requestKey] : ["stored", alias];
}
