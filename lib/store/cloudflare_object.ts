import { systemClock } from "../clock.ts";

/** The part of a Durable Object's state that is used; its class must be one of `new_sqlite_classes`. */
export interface StoreObjectState {
  /** What the object keeps. */
  storage: {
    sql: { exec(query: string, ...values: (string | number | null)[]): Iterable<unknown> };
    getAlarm(): Promise<number | null>;
    setAlarm(time: number): Promise<void>;
  };
}

/** What an object is asked to do, as JSON; it answers with what the operation gives, `null` for nothing. */
export type StoreCall =
  | [operation: "get" | "delete", key: string]
  | [operation: "set", key: string, value: string, ttl: number]
  | [operation: "add", key: string, amount: number, ttl: number]
  | [operation: "compareAndSet", key: string, expected: string | null, value: string, ttl: number];

/** A row; `expires` is in milliseconds since the epoch, `null` for ever. */
interface Row {
  value: string;
  expires: number | null;
}

/** How often what has expired is cleared away, in milliseconds: that reads the whole table. */
const SWEEP = 600_000;

const TABLE = `CREATE TABLE IF NOT EXISTS entries
  (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) WITHOUT ROWID`;
const FIND =
  "SELECT value, expires FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)";

/**
 * The Durable Object behind {@linkcode cloudflareStore}: a Worker that uses that exports this class. Nothing can
 * happen between reading and writing, since an object has one thread and SQLite answers at once.
 */
export class StoreObject {
  #storage: StoreObjectState["storage"];
  /** Whether clearing away is known to be arranged for. */
  #sweeping = false;

  /** Called by the runtime. */
  constructor(state: StoreObjectState) {
    this.#storage = state.storage;
    this.#sql(TABLE);
  }

  /** Does one operation; only Workers with a binding to the class reach it. */
  async fetch(request: Request): Promise<Response> {
    const call: StoreCall = await request.json();
    const result = this.#run(call);
    const ttl = call.length > 2 ? call.at(-1) : 0;
    if (ttl !== 0 && !this.#sweeping) await this.#sweepLater();
    return Response.json(result ?? null);
  }

  /** Clears away what has expired, whether or not anybody reads it. */
  async alarm(): Promise<void> {
    this.#sql("DELETE FROM entries WHERE expires <= ?", systemClock.now());
    const [mortal] = this.#sql("SELECT 1 FROM entries WHERE expires IS NOT NULL LIMIT 1");
    this.#sweeping = false;
    if (mortal !== undefined) await this.#sweepLater();
  }

  #run(call: StoreCall): string | number | boolean | undefined {
    const [operation, key] = call;
    switch (operation) {
      case "get":
        return this.#find(key)?.value;
      case "delete":
        this.#sql("DELETE FROM entries WHERE key = ?", key);
        return;
      case "set":
        this.#put(key, call[2], deadline(call[3]));
        return;
      case "add": {
        const { value = 0, expires = deadline(call[3]) } = this.#find(key) ?? {};
        const sum = Number(value) + call[2];
        this.#put(key, String(sum), expires);
        return sum;
      }
      case "compareAndSet": {
        const same = (this.#find(key)?.value ?? null) === call[2];
        if (same) this.#put(key, call[3], deadline(call[4]));
        return same;
      }
    }
  }

  #find(key: string): Row | undefined {
    const [row] = this.#sql(FIND, key, systemClock.now());
    return row as Row | undefined;
  }

  #put(key: string, value: string, expires: number | null): void {
    this.#sql("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", key, value, expires);
  }

  async #sweepLater(): Promise<void> {
    const arranged = await this.#storage.getAlarm();
    if (arranged === null) await this.#storage.setAlarm(systemClock.now() + SWEEP);
    this.#sweeping = true;
  }

  #sql(query: string, ...values: (string | number | null)[]): unknown[] {
    return [...this.#storage.sql.exec(query, ...values)];
  }
}

function deadline(ttl: number): number | null {
  return ttl === 0 ? null : Math.ceil(systemClock.now() + ttl);
}
