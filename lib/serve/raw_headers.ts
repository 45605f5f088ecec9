import type { HeaderReader } from "../fetch_like.ts";

/**
 * `Headers` for reading, over Node's flat list of names and values. Unlike `message.headers` it joins every
 * duplicate, as the web does: Node drops a second `authorization`, which an access check must see.
 */
export class RawHeaders implements HeaderReader, Iterable<[string, string]> {
  #raw: readonly string[];
  #byName: Map<string, string> | undefined;

  constructor(raw: readonly string[]) {
    this.#raw = raw;
  }

  get(name: string): string | null {
    return (this.#byName ??= index(this.#raw)).get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return (this.#byName ??= index(this.#raw)).entries();
  }
}

function index(raw: readonly string[]): Map<string, string> {
  const byName = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const before = byName.get(name);
    byName.set(name, before === undefined ? raw[i + 1]! : `${before}, ${raw[i + 1]}`);
  }
  return byName;
}
