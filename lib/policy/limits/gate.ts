/** Counts one request with every limit that holds for it, before anybody is asked. */
import type { Clock } from "../../clock.ts";
import { GatewayError, isGatewayError } from "../../errors.ts";
import type { Store } from "../../store/store.ts";
import { dearest, estimatedUsage, type ExpectedOutput } from "../cost.ts";
import type { PriceBook, PricedModel } from "../price_book.ts";
import { Slots } from "../slots.ts";
import { type Counted, CountingWindow } from "../window.ts";
import {
  dividedBy,
  holdsForRequest,
  holdsForTarget,
  isOfTarget,
  type Limit,
  type LimitedRequest,
  type LimitedTarget,
  tellsCallersApart,
} from "./limit.ts";
import { overLimit, ruleOf, unpriced } from "./refusal.ts";
import type { Tab } from "./tab.ts";

/** What limits are counted with. */
export interface LimitMeans {
  store: Store;
  clock: Clock;
  hash: (text: string) => string;
  prices: PriceBook;
  /** Tokens that answers of a model usually have at most. */
  usualOutput(model: PricedModel): number | undefined;
}

/** A request as it is reckoned before its answer is there. */
export interface ReckonedRequest extends LimitedRequest {
  /** Length of its body. */
  characters: number;
  /** What it says of its answer; read only where tokens or money are counted. */
  expects(): ExpectedOutput;
  /** Further models that it names, for the provider to fall back to: any of them may answer. */
  fallbacks?: readonly string[] | undefined;
  /** It brings a model to no answer, such as a list that is asked for. */
  free?: boolean;
}

/** A limit with what this request counts there. */
interface Entry {
  limit: Limit;
  key: string;
  amount: number;
  /** Nobody knows what it costs, and the limit lets it pass: what the answer proves to have cost counts for others. */
  unpriced: boolean;
  /** By what requests are told apart, and what it is here. */
  divider: string | undefined;
  /** Counted once, however many are asked. */
  once: boolean;
  /** Counted after those of earlier steps, and only if they let it pass. */
  step: Step;
}

/**
 * Own limits, windows that callers share, places that they share: whoever is over a limit of his own must not take even
 * for a moment what others could have had, and a place least of all.
 */
type Step = 0 | 1 | 2;

/** What came of counting: `refused` is why the target can't be asked. */
interface Outcome {
  entry: Entry;
  counted?: Counted;
  refused?: GatewayError;
}

/** The limits of one request. */
export class Gate {
  readonly tab: Tab;
  readonly #limits: readonly Limit[];
  /** Of those the access key's own. */
  readonly #own: readonly Limit[];
  readonly #request: ReckonedRequest;
  readonly #means: LimitMeans;
  readonly #slots: Slots;

  constructor(
    shared: readonly Limit[],
    own: readonly Limit[],
    request: ReckonedRequest,
    tab: Tab,
    means: LimitMeans,
  ) {
    this.tab = tab;
    const limits = own.length === 0 ? shared : [...shared, ...own];
    this.#limits = limits.filter((limit) => holdsForRequest(limit, request));
    this.#own = own;
    this.#request = request;
    this.#means = means;
    this.#slots = new Slots(means.store, means.clock);
  }

  /**
   * Counts with every limit, those of a {@linkcode Step} at once, and takes all of it back where one is reached. Throws
   * 2003 or 2041 then, 2128 for a model without a price, and the store's error, as 503, where a limit is closed without
   * it.
   */
  async admit(target: LimitedTarget): Promise<void> {
    const entries = this.#entriesFor(target);
    const outcomes: Outcome[] = [];
    for (const step of STEPS) {
      const present = entries.filter((entry) => entry.step === step);
      if (present.length === 0) continue;
      outcomes.push(...await Promise.all(present.map(this.#count)));
      if (outcomes.some(({ refused }) => refused !== undefined)) await this.#refuse(outcomes);
    }
    for (const outcome of outcomes) this.#keep(outcome);
  }

  /** What is used of each limit that can be told without knowing who is asked; counts nothing. */
  async read(limit: Limit): Promise<number | undefined> {
    if (isOfTarget(limit)) return undefined;
    const { key } = this.#keyOf(limit, NOBODY);
    return limit.window === undefined
      ? await this.#slots.used(key)
      : await this.#windowOf(limit).used(key);
  }

  /** Those that hold for this request, whoever is asked. */
  get limits(): readonly Limit[] {
    return this.#limits;
  }

  #entriesFor(target: LimitedTarget): Entry[] {
    const entries: Entry[] = [];
    for (const limit of this.#limits) {
      const named = this.#countedFor(limit, target);
      if (named.length === 0) continue;
      const once = isOnce(limit);
      const keys = named.map((each) => this.#keyOf(limit, each));
      if (once && this.tab.hasCounted(keys[0]!.key)) continue;
      const known = this.#amountFor(limit, target);
      const unpriced = known === undefined;
      const amount = known ?? 0;
      // What costs nothing stays usable when everything is spent.
      if (amount === 0 && !unpriced) continue;
      const step = this.#stepOf(limit);
      for (const key of keys) entries.push({ limit, ...key, amount, unpriced, once, step });
    }
    return entries;
  }

  /** Whom a limit counts the request for: where it tells models apart, each that may answer. */
  #countedFor(limit: Limit, target: LimitedTarget): LimitedTarget[] {
    const { fallbacks } = this.#request;
    if (limit.by !== "model" || fallbacks === undefined) {
      return holdsForTarget(limit, target, fallbacks) ? [target] : [];
    }
    const others = new Set(fallbacks);
    if (target.model !== undefined) others.delete(target.model);
    const named = [...others].map((model) => ({ ...target, model }));
    return [target, ...named].filter((each) => holdsForTarget(limit, each));
  }

  #stepOf(limit: Limit): Step {
    if (tellsCallersApart(limit) || this.#own.includes(limit)) return 0;
    return limit.window === undefined ? 2 : 1;
  }

  #keyOf(limit: Limit, target: LimitedTarget): Pick<Entry, "key" | "divider"> {
    const divider = dividedBy(limit, this.#request, target);
    return { key: `${limit.key}:${this.#nameFor(limit, divider)}`, divider };
  }

  /** What callers say may be long, and anything at all; what operators write is short. */
  #nameFor({ by }: Limit, divider = ""): string {
    if (divider === "" || by === "gateway" || by === "provider") return divider;
    if (by === "key" && SHORT_NAME.test(divider)) return divider;
    return `#${this.#means.hash(divider).slice(0, 32)}`;
  }

  /** `undefined` where nobody knows the price. */
  #amountFor(limit: Limit, target: LimitedTarget): number | undefined {
    if (limit.of === "requests" || limit.of === "concurrency") return 1;
    const { free, characters } = this.#request;
    if (free === true) return 0;
    const expected = this.#request.expects();
    const { provider, model = "" } = target;
    const amounts = [model, ...this.#request.fallbacks ?? NO_NAMES].map((name) => {
      const named = { provider, model: name };
      const usual = this.#means.usualOutput(named);
      const usage = estimatedUsage(characters, { usual, ...expected });
      if (limit.of === "tokens") return usage.inputTokens + usage.outputTokens;
      const cost = this.#means.prices.costOf(named, usage);
      if (cost === undefined && limit.unknownPrice === "refuse") throw unpriced(limit, named);
      return cost;
    });
    return dearest(amounts);
  }

  readonly #count = async (entry: Entry): Promise<Outcome> => {
    const { limit, key, amount } = entry;
    try {
      if (limit.window === undefined) {
        const counted = await this.#slots.take(key);
        return this.#judged(entry, counted, () => Infinity);
      }
      const window = this.#windowOf(limit);
      // What never fits is not counted even for a moment: it may be as much as a caller can write.
      if (amount > limit.most) return this.#tooMuch(entry, await window.used(key));
      const counted = await window.add(key, amount);
      return this.#judged(entry, counted, () => window.waitFor(counted, amount, limit.most));
    } catch (error) {
      return this.#inTrouble(entry, error);
    }
  };

  #tooMuch(entry: Entry, before: number): Outcome {
    const { limit, amount, divider } = entry;
    return { entry, refused: overLimit(limit, { before, amount, divider, wait: Infinity }) };
  }

  #judged(entry: Entry, counted: Counted, wait: () => number): Outcome {
    const { limit, amount, unpriced, divider } = entry;
    if (unpriced || counted.before + amount <= limit.most) return { entry, counted };
    const { before } = counted;
    return { entry, counted, refused: overLimit(limit, { before, amount, divider, wait: wait() }) };
  }

  #inTrouble(entry: Entry, error: unknown): Outcome {
    const { limit } = entry;
    if (!isGatewayError(error)) throw error;
    if (limit.onStoreTrouble === "open") {
      const reason = `not counted: ${error.message}`;
      this.tab.warnings.push({ kind: "skipped", param: limit.place, reason });
      return { entry };
    }
    const message = `${error.message}, and ${ruleOf(limit)} lets nobody pass without it`;
    const options = { status: 503, retryable: true };
    return { entry, refused: new GatewayError(error.code, message, options) };
  }

  /** Whoever is refused has used nothing. */
  async #refuse(outcomes: readonly Outcome[]): Promise<never> {
    const back = outcomes.map(({ counted, entry }) => counted?.correct(-entry.amount));
    // The refusal holds also where the store fails only now.
    await Promise.allSettled(back);
    const refusals = outcomes.filter(({ refused }) => refused !== undefined);
    const ending = refusals.find(({ entry }) => endsRequest(entry.limit));
    if (ending !== undefined) this.tab.ended = ending.refused;
    throw (ending ?? refusals[0])?.refused;
  }

  #keep({ entry: { limit, key, amount, once }, counted }: Outcome): void {
    if (counted === undefined) return;
    const { of, most, window } = limit;
    if (window !== undefined) {
      const left = Math.max(0, Math.floor(most - counted.before - amount));
      this.tab.leaves({ most, left, resets: this.#windowOf(limit).left });
    }
    if (of === "requests") this.tab.countsRequest(counted, once ? key : undefined);
    else this.tab.hold({ of, amount, counted, ofTarget: !once, ...(once && { key }) });
  }

  #windowOf({ window }: Limit): CountingWindow {
    return new CountingWindow(this.#means.store, this.#means.clock, window!);
  }
}

/** As access keys are named, and never what stands for a hash. */
const SHORT_NAME = /^[\w.@-]{1,64}$/;

const STEPS: readonly Step[] = [0, 1, 2];
const NOBODY: LimitedTarget = { provider: "" };
const NO_NAMES: readonly string[] = [];

/** What an answer uses depends on who gives it, a request is one whoever does. */
function isOnce(limit: Limit): boolean {
  return (limit.of === "requests" || limit.of === "concurrency") && !isOfTarget(limit);
}

/** Somebody else may cost less, or nothing; else it is the request that is too much, whoever would be asked. */
function endsRequest(limit: Limit): boolean {
  return limit.of !== "cost" && !isOfTarget(limit);
}
