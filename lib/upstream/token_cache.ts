import type { Clock } from "../clock.ts";
import { GatewayError } from "../errors.ts";

/** An access token. */
export interface AccessToken {
  text: string;
  /** Milliseconds since the epoch: when the request for it was sent. */
  issued: number;
  /** Milliseconds from then on. */
  lifetime: number;
}

/** Gets a token over the network. */
export type FetchToken = (signal: AbortSignal) => Promise<AccessToken>;

/** Who needs a token, and how long he waits. */
export interface TokenCaller {
  clock: Clock;
  /** Aborts when nobody needs it any more. */
  signal: AbortSignal;
  fetchToken: FetchToken;
  /** For the error that tells of a wait in vain. */
  provider: string;
}

interface Exchange {
  promise: Promise<AccessToken>;
  controller: AbortController;
  waiters: number;
}

interface Entry {
  token?: AccessToken;
  exchange?: Exchange;
  /** When a refused token was last replaced. */
  replaced?: number;
}

/** Keys whose tokens are kept; what was not used for longest goes first. */
const MOST_KEYS = 500;

/** Longest wait for a token, in milliseconds. */
const PATIENCE = 30_000;

/** A token that has less than this left, or a tenth of its life, is no longer shown: clocks differ, calls take time. */
const MARGIN = 60_000;

/** One that has less than this left, or a quarter of its life, is replaced while it is still shown. */
const RENEWAL = 300_000;

/** A token that was refused is replaced at once, but not again and again: another would be refused as well. */
const REPLACEMENT_PAUSE = 60_000;

/**
 * The access tokens of one provider's keys. Calls that need the same one at the same time share one exchange,
 * which goes on until the last of them has left. Keys are known by their digest alone: the whole of it, so that
 * nobody gets the token of a key that he doesn't have.
 */
export class TokenCache {
  readonly #hash: (text: string) => string;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(hash: (text: string) => string) {
    this.#hash = hash;
  }

  /** A token for the key that will still hold when it arrives; rejects with what kept it away. */
  async get(key: string, caller: TokenCaller): Promise<string> {
    const entry = this.#entryOf(key);
    const { token } = entry;
    const left = token === undefined ? 0 : token.issued + token.lifetime - caller.clock.now();
    if (token !== undefined && left > Math.min(MARGIN, token.lifetime / 10)) {
      if (left < Math.min(RENEWAL, token.lifetime / 4)) renewMeanwhile(entry, caller);
      return token.text;
    }
    return (await waitFor(entry, caller)).text;
  }

  /** The provider refused this token: whether another one is worth a try. */
  refused(key: string, text: string, clock: Clock): boolean {
    const entry = this.#entryOf(key);
    // Another call may have had the same answer, and be about to replace it.
    if (entry.token?.text !== text) return true;
    const now = clock.now();
    if (entry.replaced !== undefined && now - entry.replaced < REPLACEMENT_PAUSE) return false;
    entry.replaced = now;
    delete entry.token;
    return true;
  }

  /** Tokens that no error may repeat. */
  get texts(): string[] {
    return [...this.#entries.values()].flatMap(({ token }) => token?.text ?? []);
  }

  #entryOf(key: string): Entry {
    const digest = this.#hash(key);
    const entry = this.#entries.get(digest) ?? {};
    this.#entries.delete(digest);
    this.#entries.set(digest, entry);
    if (this.#entries.size > MOST_KEYS) this.#entries.delete(this.#entries.keys().next().value!);
    return entry;
  }
}

/** The token at hand still holds, so nobody waits, and a failure is left to the next attempt. */
function renewMeanwhile(entry: Entry, caller: TokenCaller): void {
  if (entry.exchange !== undefined) return;
  const { signal } = new AbortController();
  waitFor(entry, { ...caller, signal }).catch(() => {});
}

function waitFor(
  entry: Entry,
  { clock, signal, fetchToken, provider }: TokenCaller,
): Promise<AccessToken> {
  const exchange = entry.exchange ??= begin(entry, fetchToken);
  exchange.waiters++;
  return new Promise<AccessToken>((resolve, reject) => {
    let waits = true;
    const end = () => {
      if (waits) exchange.waiters--;
      waits = false;
      stop();
      signal.removeEventListener("abort", leave);
    };
    const leave = () => {
      end();
      reject(signal.reason);
      if (exchange.waiters === 0) abandon(entry, exchange, signal.reason);
    };
    // Whoever began it may be gone, and its connection with it: the next call starts anew.
    const stop = clock.after(PATIENCE, () => {
      end();
      const late = tooLate(provider);
      reject(late);
      abandon(entry, exchange, late);
    });
    signal.addEventListener("abort", leave);
    exchange.promise.finally(end).then(resolve, reject);
    if (signal.aborted) leave();
  });
}

function begin(entry: Entry, fetchToken: FetchToken): Exchange {
  const controller = new AbortController();
  const promise = fetchToken(controller.signal);
  const exchange: Exchange = { promise, controller, waiters: 0 };
  const isCurrent = () => entry.exchange === exchange;
  promise.then((token) => {
    if (isCurrent()) entry.token = token;
  }).catch(() => {}) // told to those who wait
    .finally(() => {
      if (isCurrent()) delete entry.exchange;
    });
  return exchange;
}

function abandon(entry: Entry, exchange: Exchange, reason: unknown): void {
  if (entry.exchange === exchange) delete entry.exchange;
  exchange.controller.abort(reason);
}

function tooLate(provider: string): GatewayError {
  const what = `Cannot wait longer for ${provider}: no access token within ${PATIENCE} ms`;
  return new GatewayError(2110, what, { provider });
}
