/** What has been counted under each limit, on any store. */
import type { Clock } from "../../clock.ts";
import type { Soon } from "../../soon.ts";
import type { Store } from "../../store/store.ts";
import { Slots } from "../slots.ts";
import { type Counted, CountingWindow } from "../window.ts";
import { isOfTarget, type Limit, tellsCallersApart } from "./limit.ts";

/** What meters count with. */
export interface MeterMeans {
  store: Store;
  clock: Clock;
  hash: (text: string) => string;
}

/** The meters of all limits. They outlive requests, so that what is the same for many is put together once. */
export class Meters {
  readonly #means: MeterMeans;
  /** A principal's limits come and go with his requests. */
  readonly #known = new WeakMap<Limit, Meter>();

  constructor(means: MeterMeans) {
    this.#means = means;
  }

  of(limit: Limit): Meter {
    let meter = this.#known.get(limit);
    if (meter === undefined) this.#known.set(limit, meter = new Meter(limit, this.#means));
    return meter;
  }
}

/** Counts under one limit. */
export class Meter {
  readonly limit: Limit;
  /** Counted once, however many are asked: what an answer uses depends on who gives it, a request is one whoever does. */
  readonly once: boolean;
  /** Callers are counted apart. */
  readonly apart: boolean;
  readonly #hash: (text: string) => string;
  readonly #window: CountingWindow | undefined;
  readonly #slots: Slots;
  /** The last divider, and its key. */
  #divider: string | undefined;
  #key: string;

  constructor(limit: Limit, { store, clock, hash }: MeterMeans) {
    const { of, window } = limit;
    this.limit = limit;
    this.once = (of === "requests" || of === "concurrency") && !isOfTarget(limit);
    this.apart = tellsCallersApart(limit);
    this.#hash = hash;
    this.#window = window && new CountingWindow(store, clock, window);
    this.#slots = new Slots(store, clock);
    this.#key = this.#written("");
  }

  /** What requests are counted by that have this in common. */
  keyFor(divider: string | undefined): string {
    if (divider !== this.#divider) {
      this.#divider = divider;
      this.#key = this.#written(divider ?? "");
    }
    return this.#key;
  }

  /** Counts nothing itself. */
  used(key: string): Soon<number> {
    return (this.#window ?? this.#slots).used(key);
  }

  /** The amount is 1 where it is places that are counted. */
  add(key: string, amount: number): Soon<Counted> {
    return this.#window?.add(key, amount) ?? this.#slots.take(key);
  }

  /** Milliseconds until an amount fits; `Infinity` where nobody knows, or it never does. */
  waitFor(counted: Counted, amount: number): number {
    return this.#window?.waitFor(counted, amount, this.limit.most) ?? Infinity;
  }

  /** What callers say may be long, and anything at all; what operators write is short. */
  #written(divider: string): string {
    const { by, key } = this.limit;
    const short = divider === "" || by === "gateway" || by === "provider" ||
      (by === "key" && SHORT_NAME.test(divider));
    return `${key}:${short ? divider : `#${this.#hash(divider).slice(0, 32)}`}`;
  }
}

/** As access keys are named, and never what stands for a hash. */
const SHORT_NAME = /^[\w.@-]{1,64}$/;
