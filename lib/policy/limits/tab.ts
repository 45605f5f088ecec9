/** What one request has been counted with and still owes, from its first reservation until its answer is over. */
import type { Usage } from "../../chat/response.ts";
import type { Warning } from "../../chat/warning.ts";
import type { GatewayError } from "../../errors.ts";
import { attempt, eachDone, type Soon } from "../../soon.ts";
import { isCredible, tokensOf } from "../cost.ts";
import type { Counted } from "../window.ts";
import type { Measure } from "./limit.ts";

/** Something that is set aside, or held, for a request. */
export interface Held {
  of: Exclude<Measure, "requests">;
  amount: number;
  counted: Counted;
  /** By what it was counted; for what is taken once, however many are asked. */
  key?: string | undefined;
  /** Only as long as the target that is asked may answer. */
  ofTarget: boolean;
}

/** Where a request was counted as one; with a key no more than once. */
interface CountedRequest {
  counted: Counted;
  key: string | undefined;
}

/** What the limit that leaves least has left. */
export interface Room {
  most: number;
  left: number;
  /** Milliseconds until there is more. */
  resets: number;
}

/** An answer that is over; what it used is asked for only where somebody wants to know. */
export interface Outcome {
  usage(): Usage | undefined;
  /** Micro-dollars; `undefined` where nobody knows. */
  costOf(usage: Usage): number | undefined;
  /** Not broken off, nor left. */
  complete: boolean;
}

/** The one place that reservations are settled and given up in, whoever made them: limits, and budgets of routes. */
export class Tab {
  #held: Held[] = [];
  /** Where the request was counted as one. */
  #requests: CountedRequest[] = [];
  #room: Room | undefined;
  /** How many calls have been sent to providers. */
  asked = 0;
  /** Further models that the request names: any of them may be what is paid for. */
  fallbacks: readonly string[] = [];
  /** What was not counted, since the store failed. */
  readonly warnings: Warning[] = [];
  /** Why nobody else may be asked either. */
  ended: GatewayError | undefined;

  /** Whether the request has been counted by a key already. */
  hasCounted(key: string): boolean {
    return this.countedBefore(key) !== undefined;
  }

  /** What was counted before the request by a key; absent where it has not been counted by that. */
  countedBefore(key: string): number | undefined {
    const by = (each: { key?: string | undefined }) => each.key === key;
    return (this.#requests.find(by) ?? this.#held.find(by))?.counted.before;
  }

  /** Whether anything is set aside or held. */
  get owes(): boolean {
    return this.#held.length > 0;
  }

  /** Whether tokens or money are among it, so that somebody must count what the answer uses. */
  get reckons(): boolean {
    return !this.#held.every(isPlace);
  }

  /** Notes where the request was counted as one; by `key` no more than once. */
  countsRequest(counted: Counted, key?: string): void {
    this.#requests.push({ counted, key });
  }

  /** Keeps a reservation until it is settled, or given up. */
  hold(held: Held): void {
    this.#held.push(held);
  }

  /** Notes what is left of a limit. */
  leaves(room: Room): void {
    const tightest = this.#room;
    if (tightest === undefined || room.left / room.most < tightest.left / tightest.most) {
      this.#room = room;
    }
  }

  /** What the limit that leaves least has left; absent where none with a window held. */
  get room(): Room | undefined {
    return this.#room;
  }

  /**
   * The target that was asked has failed: what was set aside for it alone is given up, but for what came of it all the
   * same. What is set aside for whoever answers stays so beside that.
   */
  targetFailed(outcome?: Outcome): Soon<void> {
    const held = this.#held;
    const own = held.filter(({ ofTarget }) => ofTarget);
    this.#held = held.filter(({ ofTarget }) => !ofTarget);
    if (outcome === undefined) return giveUp(own);
    return allOver(giveUpPlaces(own), attempt(() => charge(held, outcome, this.#held)));
  }

  /** A share of what is set aside is spent by a try that failed; all of it stays set aside for the next. */
  chargeTry(share: number): Soon<void> {
    return eachDone(this.#held, (each) => {
      if (!isPlace(each)) return each.counted.correct(Math.ceil(each.amount * share));
    });
  }

  /** Nobody has answered: everything that was set aside is given up. */
  release(): Soon<void> {
    return giveUp(this.#take());
  }

  /** Nobody had to be asked, since the answer was known: it costs nothing, and counts nowhere. */
  forgive(): Soon<void> {
    const requests = this.#requests;
    this.#requests = [];
    return allOver(
      giveUp(this.#take()),
      eachDone(requests, ({ counted }) => counted.correct(-1)),
    );
  }

  /**
   * Charges what the answer has used. One that broke off, or was left, may have used more than its provider had counted
   * by then, so that it costs at least what was set aside: leaving early must not be free. So does one whose provider
   * doesn't count, or says what can't be.
   */
  settle(outcome: Outcome): Soon<void> {
    const { reckons } = this;
    const held = this.#take();
    // A place is free again whatever can be told of the answer.
    const given = giveUpPlaces(held);
    if (!reckons) return given;
    return allOver(given, attempt(() => charge(held, outcome)));
  }

  #take(): Held[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}

/** Of tokens and money; what is in `kept` stays set aside as well. */
function charge(
  held: readonly Held[],
  outcome: Outcome,
  kept: readonly Held[] = [],
): Soon<void> {
  const usage = outcome.usage();
  const known = usage !== undefined && isCredible(usage) ? usage : undefined;
  return eachDone(held, (each) => {
    if (isPlace(each)) return;
    const { of, amount, counted } = each;
    const used = known && (of === "cost" ? outcome.costOf(known) : tokensOf(known));
    const owed = outcome.complete ? used ?? amount : Math.max(used ?? 0, amount);
    return counted.correct(kept.includes(each) ? owed : owed - amount);
  });
}

function giveUp(held: readonly Held[]): Soon<void> {
  return eachDone(held, ({ counted, amount }) => counted.correct(-amount));
}

function giveUpPlaces(held: readonly Held[]): Soon<void> {
  return eachDone(held, (each) => isPlace(each) ? each.counted.correct(-each.amount) : undefined);
}

function isPlace({ of }: Held): boolean {
  return of === "concurrency";
}

/** When both are over. */
function allOver(...work: readonly [Soon<void>, Soon<void>]): Soon<void> {
  return eachDone(work, (each) => each);
}
