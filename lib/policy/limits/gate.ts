/** Counts one request with every limit that holds for it, before anybody is asked. */
import type { OutputPeek } from "../../chat/codec.ts";
import { GatewayError, isGatewayError } from "../../errors.ts";
import { eachDone, onceThere, regardless, type Soon } from "../../soon.ts";
import { dearest, estimatedUsage, tokensOf } from "../cost.ts";
import type { PriceBook, PricedModel } from "../price_book.ts";
import type { Counted } from "../window.ts";
import {
  dividedBy,
  holdsForRequest,
  holdsForTarget,
  isOfTarget,
  type Limit,
  type LimitedRequest,
  type LimitedTarget,
} from "./limit.ts";
import type { Meter, Meters } from "./meter.ts";
import { overLimit, ruleOf, unpriced } from "./refusal.ts";
import type { Tab } from "./tab.ts";

/** What limits are counted with. */
export interface LimitMeans {
  meters: Meters;
  prices: PriceBook;
  /** Tokens that answers of a model usually have at most. */
  usualOutput(model: PricedModel): number | undefined;
}

/** A request as it is reckoned before its answer is there. */
export interface Reckoning {
  /** Length of its body. */
  characters: number;
  /** What it says of its answer; read only where tokens or money are counted. */
  expects(): OutputPeek;
  /** Further models that it names, for the provider to fall back to: any of them may answer. */
  fallbacks?: readonly string[] | undefined;
  /** It brings a model to no answer, such as a list that is asked for. */
  free?: boolean;
}

/** A limit with what this request counts there, and what came of counting it. */
interface Entry {
  meter: Meter;
  key: string;
  amount: number;
  /** Nobody knows what it costs, and the limit lets it pass: what the answer proves to have cost counts for others. */
  unpriced: boolean;
  /** By what requests are told apart, and what it is here. */
  divider: string | undefined;
  /** Counted after those of earlier steps, and only if they let it pass. */
  step: Step;
  counted?: Counted;
  /** Why the target can't be asked. */
  refused?: GatewayError;
}

/**
 * Own limits, windows that callers share, places that they share: whoever is over a limit of his own must not take even
 * for a moment what others could have had, and a place least of all.
 */
type Step = 0 | 1 | 2;

/** The limits of one request. */
export class Gate {
  readonly tab: Tab;
  /** The gateway's. */
  readonly #shared: readonly Limit[];
  /** The access key's own. */
  readonly #own: readonly Limit[];
  readonly #request: LimitedRequest;
  readonly #reckoning: Reckoning;
  readonly #means: LimitMeans;

  constructor(
    { shared, own }: { shared: readonly Limit[]; own: readonly Limit[] },
    request: LimitedRequest,
    reckoning: Reckoning,
    tab: Tab,
    means: LimitMeans,
  ) {
    this.tab = tab;
    this.#shared = shared;
    this.#own = own;
    this.#request = request;
    this.#reckoning = reckoning;
    this.#means = means;
  }

  /**
   * Counts with every limit, those of a {@linkcode Step} at once, and takes all of it back where one is reached. Throws
   * 2003 or 2041 then, 2128 for a model without a price, and the store's error, as 503, where a limit is closed without
   * it.
   */
  admit(target: LimitedTarget): Soon<void> {
    return this.#countFrom(0, this.#entriesFor(target));
  }

  /** What is used of each limit that can be told without knowing who is asked; counts nothing. */
  read(limit: Limit): Soon<number | undefined> {
    if (isOfTarget(limit)) return undefined;
    const meter = this.#means.meters.of(limit);
    return meter.used(meter.keyFor(dividedBy(limit, this.#request, NOBODY)));
  }

  /** Those that hold for this request, whoever is asked. */
  get limits(): readonly Limit[] {
    return [...this.#shared, ...this.#own].filter((limit) => holdsForRequest(limit, this.#request));
  }

  #entriesFor(target: LimitedTarget): Entry[] {
    const entries: Entry[] = [];
    for (const limit of this.#shared) this.#enter(entries, limit, target, false);
    for (const limit of this.#own) this.#enter(entries, limit, target, true);
    return entries;
  }

  /** Adds what a request to this target counts under a limit. */
  #enter(entries: Entry[], limit: Limit, target: LimitedTarget, own: boolean): void {
    if (!holdsForRequest(limit, this.#request)) return;
    const named = this.#countedFor(limit, target);
    if (named.length === 0) return;
    const known = this.#amountFor(limit, target);
    const unpriced = known === undefined;
    const amount = known ?? 0;
    // What costs nothing stays usable when everything is spent.
    if (amount === 0 && !unpriced) return;
    const meter = this.#means.meters.of(limit);
    const step = own || meter.apart ? 0 : limit.window === undefined ? 2 : 1;
    for (const each of named) {
      const divider = dividedBy(limit, this.#request, each);
      const key = meter.keyFor(divider);
      if (meter.once && this.tab.hasCounted(key)) continue;
      entries.push({ meter, key, amount, unpriced, divider, step });
    }
  }

  /** Whom a limit counts the request for: where it tells models apart, each that may answer. */
  #countedFor(limit: Limit, target: LimitedTarget): LimitedTarget[] {
    const { fallbacks } = this.#reckoning;
    if (limit.by !== "model" || fallbacks === undefined) {
      return holdsForTarget(limit, target, fallbacks) ? [target] : [];
    }
    const others = new Set(fallbacks);
    if (target.model !== undefined) others.delete(target.model);
    const named = [...others].map((model) => ({ ...target, model }));
    return [target, ...named].filter((each) => holdsForTarget(limit, each));
  }

  /** `undefined` where nobody knows the price. */
  #amountFor(limit: Limit, target: LimitedTarget): number | undefined {
    if (limit.of === "requests" || limit.of === "concurrency") return 1;
    const { free, fallbacks } = this.#reckoning;
    if (free === true) return 0;
    const { provider, model = "" } = target;
    const own = this.#reckoned(limit, { provider, model });
    if (fallbacks === undefined) return own;
    return dearest([own, ...fallbacks.map((model) => this.#reckoned(limit, { provider, model }))]);
  }

  /** What an answer of this model may use. */
  #reckoned(limit: Limit, model: PricedModel): number | undefined {
    const { prices, usualOutput } = this.#means;
    const { characters, expects } = this.#reckoning;
    const usage = estimatedUsage(characters, expects(), usualOutput(model));
    if (limit.of === "tokens") return tokensOf(usage);
    const cost = prices.costOf(model, usage);
    if (cost === undefined && limit.unknownPrice === "refuse") throw unpriced(limit, model);
    return cost;
  }

  /** Counts with the entries of a step, and with those after it if these let the request pass. */
  #countFrom(step: number, entries: readonly Entry[]): Soon<void> {
    if (step > LAST_STEP) return entries.forEach((entry) => this.#keep(entry));
    return onceThere(
      eachDone(entries, (entry) => entry.step === step ? this.#count(entry) : undefined),
      () => entries.some(isRefused) ? this.#refuse(entries) : this.#countFrom(step + 1, entries),
    );
  }

  #count(entry: Entry): Soon<void> {
    const { meter, key, amount } = entry;
    const inTrouble = (error: unknown) => this.#inTrouble(entry, error);
    if (amount <= meter.limit.most) {
      return onceThere(meter.add(key, amount), (counted) => judge(entry, counted), inTrouble);
    }
    // What never fits is not counted even for a moment: it may be as much as a caller can write.
    return onceThere(meter.used(key), (before) => refuse(entry, before, Infinity), inTrouble);
  }

  #inTrouble(entry: Entry, error: unknown): void {
    const { limit } = entry.meter;
    if (!isGatewayError(error)) throw error;
    if (limit.onStoreTrouble === "open") {
      const reason = `not counted: ${error.message}`;
      this.tab.warnings.push({ kind: "skipped", param: limit.place, reason });
      return;
    }
    const message = `${error.message}, and ${ruleOf(limit)} lets nobody pass without it`;
    const options = { status: 503, retryable: true };
    entry.refused = new GatewayError(error.code, message, options);
  }

  /** Whoever is refused has used nothing. */
  #refuse(entries: readonly Entry[]): Soon<never> {
    // The refusal holds also where the store fails only now.
    const back = eachDone(entries, ({ counted, amount }) => regardless(counted?.correct(-amount)));
    const refusals = entries.filter(isRefused);
    const ending = refusals.find(({ meter }) => endsRequest(meter.limit));
    if (ending !== undefined) this.tab.ended = ending.refused;
    return onceThere(back, () => {
      throw (ending ?? refusals[0])?.refused;
    });
  }

  #keep({ meter, key, amount, counted }: Entry): void {
    if (counted === undefined) return;
    const { limit: { of, most }, once } = meter;
    const { resets } = counted;
    if (resets !== undefined) {
      const left = Math.max(0, Math.floor(most - counted.before - amount));
      this.tab.leaves({ most, left, resets });
    }
    if (of === "requests") this.tab.countsRequest(counted, once ? key : undefined);
    else this.tab.hold({ of, amount, counted, ofTarget: !once, key: once ? key : undefined });
  }
}

const LAST_STEP = 2;
const NOBODY: LimitedTarget = { provider: "" };

/** Notes what was counted, and whether it is too much. */
function judge(entry: Entry, counted: Counted): void {
  entry.counted = counted;
  const { meter, amount, unpriced } = entry;
  const { before } = counted;
  if (unpriced || before + amount <= meter.limit.most) return;
  refuse(entry, before, meter.waitFor(counted, amount));
}

function refuse(entry: Entry, before: number, wait: number): void {
  const { meter, amount, divider } = entry;
  entry.refused = overLimit(meter.limit, { before, amount, divider, wait });
}

function isRefused({ refused }: Entry): boolean {
  return refused !== undefined;
}

/** Somebody else may cost less, or nothing; else it is the request that is too much, whoever would be asked. */
function endsRequest(limit: Limit): boolean {
  return limit.of !== "cost" && !isOfTarget(limit);
}
