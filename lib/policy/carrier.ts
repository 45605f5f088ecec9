/**
 * Keeps what clients forget of a turn that called tools, and gives it back with the next request. Providers that
 * sign their thoughts refuse a conversation without them, or think no more.
 */
import type { CarriedPart, CarriedTurn } from "../chat/carried_turn.ts";
import { lacksThoughts, withThoughts } from "../chat/carried_turn.ts";
import type { Message, ToolCallPart } from "../chat/request.ts";
import { parseJson } from "../json/fields.ts";
import type { Store } from "../store/store.ts";

/** A tool may wait for somebody's consent over night. */
const TTL = 24 * 3_600_000;

/** Characters of JSON. A longer turn is not kept: then the next request goes on as if it had been forgotten. */
export const LONGEST_TURN = 512 * 1024;

/** Whose turns are kept, and for whom: nobody else's request finds them. */
export interface CarrierScope {
  /** Who asks: the caller's name at a gateway, else what tells his key from others. */
  tenant: string;
  /** Models that read each other's thoughts. */
  family: string;
}

/** Keeps turns in a store. */
export class Carrier {
  readonly #store: Store;
  readonly #hash: (text: string) => string;

  constructor({ store, hash }: { store: Store; hash: (text: string) => string }) {
    this.#store = store;
    this.#hash = hash;
  }

  /** Remembers a turn that answered `messages`, under each of its calls; rejects as the store does. */
  async keep(
    scope: CarrierScope,
    messages: readonly Message[],
    { calls, parts }: CarriedTurn,
  ): Promise<void> {
    const value = JSON.stringify(parts);
    if (value.length > LONGEST_TURN) return;
    const before = turnBefore(messages, messages.length);
    const [first, ...others] = calls.map((call) => this.#key(scope, call, before));
    if (first === undefined) return;
    await Promise.all([
      this.#store.set(first, value, TTL),
      ...others.map((key) => this.#store.set(key, REFERENCE + first, TTL)),
    ]);
  }

  /** The messages with everything that is remembered of them; the very same list where that is nothing. */
  async restore(scope: CarrierScope, messages: readonly Message[]): Promise<readonly Message[]> {
    let found = false;
    const restored = await Promise.all(messages.map(async (message, at) => {
      if (!lacksThoughts(message)) return message;
      const carried = await this.#find(scope, message, turnBefore(messages, at));
      if (carried === undefined) return message;
      found = true;
      return withThoughts(message, carried);
    }));
    return found ? restored : messages;
  }

  /** Any of the calls will do: a client may have left out the others. */
  async #find(
    scope: CarrierScope,
    { parts }: Message,
    before: string,
  ): Promise<CarriedPart[] | undefined> {
    for (const part of parts) {
      if (part.type !== "tool_call") continue;
      let value = await this.#store.get(this.#key(scope, part, before));
      if (value?.startsWith(REFERENCE)) {
        value = await this.#store.get(value.slice(REFERENCE.length));
      }
      if (value !== undefined) return JSON.parse(value) as CarriedPart[];
    }
    return undefined;
  }

  /** A short text in place of one that must not be kept. */
  digest(text: string): string {
    return this.#hash(text);
  }

  #key({ tenant, family }: CarrierScope, call: ToolCallPart, before: string): string {
    const { id, name, arguments: args } = call;
    return `turn:${
      this.#hash(JSON.stringify([tenant, family, id, name, canonical(args), before]))
    }`;
  }
}

/** Opens the value of a call that is kept with another of the same turn. */
const REFERENCE = "@";

/** Clients that parse arguments write them back with other spaces. */
function canonical(args: string): string {
  const value = parseJson(args);
  return value === undefined ? args : JSON.stringify(value);
}

/** Characters of a text that tell it from others; a picture of megabytes need not be read for that. */
const TELLING = 2048;

/**
 * What the turn was an answer to: everything since the answer before. System messages don't count, since many
 * hold the time of day.
 */
function turnBefore(messages: readonly Message[], end: number): string {
  const start = messages.slice(0, end).findLastIndex(({ role }) => role === "assistant") + 1;
  const said = messages.slice(start, end).filter(({ role }) => role === "user" || role === "tool");
  return JSON.stringify(said.map(({ parts }) => parts), (key, value: unknown) => {
    if (key === "extensions") return undefined;
    if (typeof value !== "string" || value.length <= 2 * TELLING) return value;
    return [value.length, value.slice(0, TELLING), value.slice(-TELLING)];
  });
}
