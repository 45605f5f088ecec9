import { type Clock, systemClock } from "../clock.ts";
import type { RedisStoreSettings } from "../options/mod.ts";
import { reasonOf } from "../store/guard.ts";
import { type RedisSender, redisStore } from "../store/redis.ts";
import type { EngineStore } from "../store/store.ts";

/** One connection to a Redis; once lost it stays so. */
export interface RedisConnection extends RedisSender {
  close(): void;
}

/** Connects with the runtime's client; `lost` is called when the connection ends, perhaps more than once. */
export type ConnectRedis = (
  url: string,
  lost: (error: unknown) => void,
) => Promise<RedisConnection>;

/** A store that has a connection. */
export interface OpenedStore extends EngineStore {
  /** Ends the connection, which keeps a process alive. */
  close(): void;
}

/** What a store is opened with. */
export interface RedisMeans {
  connect: ConnectRedis;
  clock?: Clock;
  /** Tells the operator something. */
  say?: (line: string) => void;
}

/** Nobody tries again so soon after an attempt to connect has failed, in milliseconds. */
const PAUSE = 500;

/** Milliseconds an attempt to connect may take. */
export const CONNECT_TIMEOUT = 5000;

/** A command that has waited so long waits for a server that the network lost without a word, in milliseconds. */
const STUCK = 5000;

/**
 * The store that a configuration names by its address. It connects at once, and anew with the next operation after
 * a connection was lost; while nobody is there, operations fail without waiting. The operator is told when the store
 * goes, why, and when it is back, and never reads the address's password.
 */
export function openRedis(
  { url, ...settings }: RedisStoreSettings,
  { connect, clock = systemClock, say = console.error }: RedisMeans,
): OpenedStore {
  const name = `dragoman: the store at ${redisHost(url)}`;
  /** Made or being made; absent after it was lost. */
  let current: Promise<RedisConnection> | undefined;
  let gone: { error: unknown; until: number } | undefined;

  function reach(): Promise<RedisConnection> {
    if (current !== undefined) return current;
    if (gone !== undefined && clock.now() < gone.until) return Promise.reject(gone.error);
    const attempt = connect(url, (error) => lose(attempt, error, 0));
    attempt.then(regain, (error) => lose(attempt, error, PAUSE));
    return current = attempt;
  }

  function lose(lost: Promise<RedisConnection>, error: unknown, pause: number): void {
    if (lost !== current) return;
    current = undefined;
    if (gone === undefined) say(`${name} cannot be reached: ${reasonOf(error)}`);
    gone = { error, until: clock.now() + pause };
  }

  function regain(): void {
    if (gone !== undefined) say(`${name} is reached again`);
    gone = undefined;
  }

  const sender: RedisSender = {
    async send(command, args) {
      const connection = reach();
      const { send, close } = await connection;
      const cancel = clock.after(STUCK, () => {
        lose(connection, new Error("ETIMEDOUT"), 0);
        close();
      });
      try {
        return await send(command, args);
      } finally {
        cancel();
      }
    },
  };
  const store = redisStore(sender, { ...settings, clock });
  store.probe().catch(() => {}); // the operator has been told
  return {
    ...store,
    close() {
      current?.then(({ close }) => close(), () => {});
      current = undefined;
    },
  };
}

/** Where a Redis is, without user and password. */
export function redisHost(url: string): string {
  return new URL(url).host;
}
