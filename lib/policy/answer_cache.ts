/** Keeps complete answers, each in a place that only the same question of the same caller leads to. */
import { onceThere, type Soon } from "../soon.ts";
import type { SealFor } from "../store/sealed.ts";
import { sealedStore, type TextStore } from "../store/sealed_store.ts";
import { CACHE, type Store } from "../store/store.ts";
import type { KeptAnswer } from "../upstream/kept_answer.ts";
import { VERSION } from "../version.ts";

/** Who asks, with whose key, whom, in which dialect: entries of others can't be reached, whatever is asked. */
export interface CacheRealm {
  tenant: readonly string[];
  /** The provider key's alias, or the caller's own key. */
  credential: readonly string[];
  /** Slug, address and settings of the provider, as JSON. */
  provider: string;
  dialect: string;
}

/** What is asked, as it is sent; or the name that the caller gave it. */
export type CachedQuestion =
  | { named: string }
  | {
    model: string;
    /** Path and method where the model doesn't say them, and every header that bears on the answer. */
    besides: readonly string[];
    body: string;
  };

/** Where one answer is kept. */
export interface CachePlace {
  key: string;
  tenant: readonly string[];
}

/** What the cache works with. */
export interface CacheContext {
  store: Store;
  /** Seals what leaves this process; absent where nothing does. */
  sealFor?: SealFor | undefined;
  /** SHA-256 as lower-case hex. */
  hash: (text: string) => string;
}

/** Keeps answers in a store. */
export class AnswerCache {
  readonly #context: CacheContext;
  readonly #heads = new Heads();

  constructor(context: CacheContext) {
    this.#context = context;
  }

  /** Where the answer to a question is, or would be, kept. */
  placeOf(realm: CacheRealm, question: CachedQuestion): CachePlace {
    const { tenant, credential, provider, dialect } = realm;
    const where = [VERSION, tenant, credential, dialect];
    // A list ends where its bracket closes, so that what is JSON already need not be written as such once more.
    const text = "named" in question
      ? JSON.stringify([...where, question.named]) + provider
      : JSON.stringify([...where, question.model, question.besides]) + provider + question.body;
    return { key: CACHE + this.#context.hash(text), tenant };
  }

  /** The answer there, if there is one. Rejects as the store does. */
  get({ key, tenant }: CachePlace): Soon<KeptAnswer | undefined> {
    const value = this.#storeFor(tenant).get(key);
    return onceThere(value, (text) => text === undefined ? undefined : read(text));
  }

  /** Keeps an answer for `ttl` milliseconds. Rejects as the store does. */
  set({ key, tenant }: CachePlace, answer: KeptAnswer, ttl: number): Soon<void> {
    return this.#storeFor(tenant).set(key, this.#heads.of(answer) + answer.body, ttl);
  }

  #storeFor(tenant: readonly string[]): TextStore {
    const { store, sealFor } = this.#context;
    return sealFor === undefined
      ? store
      : sealedStore(store, sealFor("cache", JSON.stringify(tenant)));
  }
}

/**
 * A line of JSON before each body, which so need not be written as JSON itself, nor read as such. The last one is kept:
 * most answers have the same as the one before.
 */
class Heads {
  #last: Head = { form: "whole", model: "", type: "" };
  #line = lineOf(this.#last);

  of({ form, model, type, binary }: Head): string {
    const last = this.#last;
    if (
      form !== last.form || model !== last.model || type !== last.type || binary !== last.binary
    ) {
      this.#last = { form, model, type, binary };
      this.#line = lineOf(this.#last);
    }
    return this.#line;
  }
}

type Head = Omit<KeptAnswer, "body">;

function lineOf(head: Head): string {
  return `${JSON.stringify(head)}\n`;
}

function read(value: string): KeptAnswer {
  const end = value.indexOf("\n");
  const head = JSON.parse(value.slice(0, end)) as Head;
  return { ...head, body: value.slice(end + 1) };
}
