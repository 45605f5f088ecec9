/**
 * Keeps what clients forget of a turn that called tools, and gives it back with the next request. Providers that
 * sign their thoughts refuse a conversation without them, or think no more.
 */
import {
  type CarriedPart,
  carriedTurn,
  type HeardPart,
  type KeyOfCall,
  lacksThoughts,
  withThoughts,
} from "../chat/carried_turn.ts";
import type { WantedThoughts } from "../chat/codec.ts";
import type { Message } from "../chat/request.ts";
import { isObject, parseJson } from "../json/fields.ts";
import type { TextStore } from "../store/sealed_store.ts";

/** A tool may wait for somebody's consent over night. */
const TTL = 24 * 3_600_000;

/** Characters of JSON. A longer turn is not kept: then the next request goes on as if it had been forgotten. */
export const LONGEST_TURN = 512 * 1024;

/** Whose turns are kept, and for whom: nobody else's request finds them. */
export interface CarrierScope {
  /** Who asks. */
  tenant: readonly string[];
  /** What the model wants back. */
  thoughts: WantedThoughts;
}

/** Keeps turns in a store. */
export class Carrier {
  readonly #store: TextStore;
  readonly #hash: (text: string) => string;

  constructor({ store, hash }: { store: TextStore; hash: (text: string) => string }) {
    this.#store = store;
    this.#hash = hash;
  }

  /**
   * Remembers a turn that answered `messages`, under each of its calls; `undefined` where there is nothing to
   * remember. Rejects as the store does.
   */
  keep(
    scope: CarrierScope,
    messages: readonly Message[],
    heard: readonly HeardPart[],
  ): Promise<void> | undefined {
    const turn = carriedTurn(heard, scope.thoughts, this.#keys(scope, messages, messages.length));
    if (turn === undefined) return undefined;
    const value = JSON.stringify(turn);
    if (value.length > LONGEST_TURN) return undefined;
    return this.#set(turn.flatMap((part) => part.type === "tool_call" ? part.key : []), value);
  }

  async #set([first = "", ...others]: readonly string[], value: string): Promise<void> {
    await Promise.all([
      this.#store.set(first, value, TTL),
      ...others.map((key) => this.#store.set(key, REFERENCE + first, TTL)),
    ]);
  }

  /** The messages with everything that is remembered of them; the very same list where that is nothing. */
  async restore(scope: CarrierScope, messages: readonly Message[]): Promise<readonly Message[]> {
    const restored = await Promise.all(messages.map(async (message, at) => {
      if (!lacksThoughts(message, scope.thoughts)) return message;
      const keyOf = this.#keys(scope, messages, at);
      const carried = await this.#find(message, keyOf);
      return carried === undefined ? message : withThoughts(message, carried, keyOf);
    }));
    return restored.some((message, at) => message !== messages[at]) ? restored : messages;
  }

  /** Any of the calls will do: a client may have left out the others. */
  async #find({ parts }: Message, keyOf: KeyOfCall): Promise<CarriedPart[] | undefined> {
    for (const part of parts) {
      if (part.type !== "tool_call") continue;
      let value = await this.#store.get(keyOf(part));
      if (value?.startsWith(REFERENCE)) {
        value = await this.#store.get(value.slice(REFERENCE.length));
      }
      if (value !== undefined) return JSON.parse(value) as CarriedPart[];
    }
    return undefined;
  }

  /** The keys of the calls of one turn, which stands at `at`. */
  #keys({ tenant, thoughts }: CarrierScope, messages: readonly Message[], at: number): KeyOfCall {
    let turn: string | undefined;
    return ({ id, name, arguments: args }) => {
      turn ??= this.#hash(saidBefore(messages, at));
      const call = [...tenant, thoughts.family, turn, id, name, canonical(args)];
      return `turn:${this.#hash(JSON.stringify(call))}`;
    };
  }
}

/** Opens the value of a call that is kept with another of the same turn. */
const REFERENCE = "@";

/** Clients that parse arguments write them back with other spaces, and may sort them. */
function canonical(args: string): string {
  const value = parseJson(args.trim() === "" ? "{}" : args);
  return value === undefined ? args : JSON.stringify(value, (_, inner: unknown) => {
    if (!isObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1));
  });
}

/** What a turn answers: everything since the answer before. */
export function turnBefore(messages: readonly Message[], end = messages.length): Message[] {
  const start = messages.slice(0, end).findLastIndex(({ role }) => role === "assistant") + 1;
  return messages.slice(start, end);
}

/** Characters at each end that tell a picture from others: its megabytes need not be read for that. */
const TELLING = 2048;

/** As text. System messages don't count, since many hold the time of day. */
function saidBefore(messages: readonly Message[], end: number): string {
  const said = turnBefore(messages, end).filter(({ role }) => role === "user" || role === "tool");
  return JSON.stringify(said.map(({ parts }) => parts), (key, value: unknown) => {
    if (key === "extensions") return undefined;
    if (!isObject(value) || value.type !== "blob" || typeof value.content !== "string") {
      return value;
    }
    const { content } = value;
    const telling = [content.length, content.slice(0, TELLING), content.slice(-TELLING)];
    return { ...value, content: telling };
  });
}
