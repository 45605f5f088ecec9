import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { Soon } from "../soon.ts";
import type { EngineStore, Store } from "./store.ts";

/** Milliseconds an operation may take where nobody says otherwise. */
export const PATIENCE = 1000;

/** What a store outside this process is given. */
export interface GuardOptions {
  /** Milliseconds an operation may take. Default: 1000. */
  timeout?: number;
  /** Default: the machine's clock. */
  clock?: Clock;
}

/**
 * A store whose operations end within `timeout`: with 2143 then, and with 2142 when `engine` fails. An operation
 * that is given up may still have its effect, because nothing calls it back. Neither error quotes the engine's
 * own at length, nor keeps it as a cause: clients put the command and its arguments into theirs.
 */
export function guardStore(
  store: Required<Store>,
  engine: string,
  options: Required<GuardOptions>,
): EngineStore;
export function guardStore(store: Store, engine: string, options: Required<GuardOptions>): Store;
export function guardStore(
  store: Store,
  engine: string,
  { timeout, clock }: Required<GuardOptions>,
): Store {
  async function guard<T>(work: () => Soon<T>): Promise<T> {
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(timeout, () => {
        const message = `The store (${engine}) did not answer within ${timeout} ms`;
        reject(new GatewayError(2143, message));
      });
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      if (isGatewayError(error)) throw error;
      throw new GatewayError(2142, `The store (${engine}) failed: ${reasonOf(error)}`);
    } finally {
      cancel();
    }
  }

  const own: Store = {
    get: (key) => guard(() => store.get(key)),
    set: (key, value, ttl) => guard(() => store.set(key, value, ttl)),
    delete: (key) => guard(() => store.delete(key)),
    add: (key, amount, ttl) => guard(() => store.add(key, amount, ttl)),
    compareAndSet: (key, expected, value, ttl) =>
      guard(() => store.compareAndSet(key, expected, value, ttl)),
    ...(store.probe !== undefined && { probe: () => guard(() => store.probe!()) }),
  };
  GUARDED.add(own);
  return own;
}

const GUARDED = new WeakSet<Store>();

/** Whether a store keeps to a time of its own already, which may be longer. */
export function isGuarded(store: Store): boolean {
  return GUARDED.has(store);
}

/**
 * A system's code (`ECONNREFUSED`), the word a Redis error begins with (`NOAUTH`, `OOM`), or the kind of error:
 * what may be shown of it.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it threw what is no error";
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  return /^[A-Z]{2,}(?= |$)/.exec(error.message)?.[0] ?? error.constructor.name;
}
