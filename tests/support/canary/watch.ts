/**
 * Watches what leaves the gateways of tests: a secret in it fails the test that sees it, and in any case the file.
 * Every test file gets its gateways from `tests/support/gateway.ts`, which has them watched.
 */
import { AssertionError } from "@std/assert";
import { after } from "node:test";
import { type ByteSource, NO_BYTES } from "../../../lib/byte_source.ts";
import type { Reply } from "../../../lib/http/incoming.ts";
import type { Store } from "../../../lib/store/store.ts";
import { Canaries } from "./search.ts";

/** All secrets that any gateway of this process was given. */
const known = new Canaries();

/** What was found, as sentences; nothing may be. */
const leaks: string[] = [];

after(() => {
  if (leaks.length > 0) throw new AssertionError(leaks.join("\n"));
});

/** Looks for secrets in what leaves one gateway. */
export class Watch {
  readonly #own = new Canaries();

  /** From now on these are looked for, here and on the console. */
  add(secrets: readonly string[]): void {
    this.#own.add(secrets);
    known.add(secrets);
  }

  /** Fails where a secret stands in a text. */
  text(text: string, where: string): void {
    tell(this.#own.find(text), text, where);
  }

  reply(reply: Reply): Reply {
    this.text(JSON.stringify(reply.headers), "the headers of a reply");
    const { body } = reply;
    if (body === null || body === NO_BYTES) return reply;
    if (typeof body !== "string") return { ...reply, body: this.#source(body) };
    this.text(body, "the body of a reply");
    return reply;
  }

  /** Watches an answer without standing in its way: the same bytes, as whoever reads them gets them. */
  response(response: Response): Response {
    this.text(JSON.stringify([...response.headers]), "the headers of an answer");
    const read = <T>(name: "text" | "json" | "arrayBuffer", shown: (got: T) => string) => {
      const original = response[name] as () => Promise<T>;
      replace(response, name, async () => {
        const got = await original.call(response);
        this.text(shown(got), "the body of an answer");
        return got;
      });
    };
    read<string>("text", (text) => text);
    read<unknown>("json", (value) => JSON.stringify(value) ?? "");
    read<ArrayBuffer>("arrayBuffer", (bytes) => latin1.decode(bytes));
    const { clone } = response;
    replace(response, "clone", () => this.response(clone.call(response)));
    const { get: body } = descriptorOf(response, "body");
    Object.defineProperty(response, "body", {
      configurable: true,
      get: () => this.#stream(body!.call(response) as Response["body"]),
    });
    return response;
  }

  /** What leaves the process must not be readable there. */
  store<S extends Store>(store: S): S {
    return new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target);
        if (name !== "set" && name !== "compareAndSet" && name !== "add") return member;
        return (...args: unknown[]) => {
          this.text(JSON.stringify(args), "what is put into the store");
          return (member as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }

  #source(source: ByteSource): ByteSource {
    const look = this.#pieces("a streamed reply");
    return {
      next: () => source.next().then((bytes) => (bytes && look(bytes), bytes)),
      cancel: () => source.cancel(),
    };
  }

  #stream(stream: ReadableStream<Uint8Array> | null): ReadableStream<Uint8Array> | null {
    if (stream === null || Object.hasOwn(stream, "getReader")) return stream;
    const { getReader } = stream;
    const look = this.#pieces("a streamed answer");
    const watched = (): ReadableStreamDefaultReader<Uint8Array> => {
      const reader = getReader.call(stream) as ReadableStreamDefaultReader<Uint8Array>;
      const { read } = reader;
      replace(reader, "read", async () => {
        const piece = await read.call(reader);
        if (piece.value !== undefined) look(piece.value);
        return piece;
      });
      return reader;
    };
    replace(
      stream,
      "getReader",
      (options?: object) => options === undefined ? watched() : getReader.call(stream, options),
    );
    const iterate = stream[Symbol.asyncIterator];
    replace(stream, Symbol.asyncIterator, async function* () {
      for await (const piece of { [Symbol.asyncIterator]: () => iterate.call(stream) }) {
        look(piece);
        yield piece;
      }
    });
    return stream;
  }

  /** A secret may be cut in two. */
  #pieces(where: string): (bytes: Uint8Array) => void {
    let tail = "";
    return (bytes) => {
      const text = tail + latin1.decode(bytes);
      this.text(text, where);
      tail = text.slice(-this.#own.longest);
    };
  }
}

/** A character a byte, wherever a piece ends: keys are ASCII. */
const latin1 = new TextDecoder("latin1");

/** Looks for every secret known in this process. */
export function watchText(text: string, where: string): void {
  tell(known.find(text), text, where);
}

/** Lets a test leak on purpose: gives what was found meanwhile, which then counts no more. */
export async function leaksOf(work: () => unknown): Promise<string[]> {
  const before = leaks.length;
  await Promise.resolve().then(work).catch((error: unknown) => {
    if (!(error instanceof AssertionError)) throw error;
  });
  return leaks.splice(before);
}

function tell(secret: string | undefined, text: string, where: string): void {
  if (secret === undefined) return;
  const leak = `The secret "${secret}" stands in ${where}: ${text.slice(0, 2000)}`;
  leaks.push(leak);
  throw new AssertionError(leak);
}

function replace(object: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(object, name, { configurable: true, writable: true, value });
}

/** Runtimes have their properties on the prototype, workerd on the object itself. */
function descriptorOf(object: object, name: string): PropertyDescriptor {
  return Object.getOwnPropertyDescriptor(object, name) ??
    descriptorOf(Object.getPrototypeOf(object), name);
}

type Writer = (...args: unknown[]) => void;

/** What is watched, by what watches it: a test that puts back what it found must not have it watched twice. */
const watched = new WeakMap<Writer, Writer>();

/** The console, also where a test has put something in its place. */
for (const name of ["log", "info", "warn", "error", "debug"] as const) {
  let current: Writer = console[name];
  const watching = (write: Writer): Writer => {
    const watcher: Writer = (...args) => {
      for (const arg of args) watchText(shown(arg), `what console.${name} is told`);
      write.apply(console, args);
    };
    watched.set(watcher, write);
    return watcher;
  };
  Object.defineProperty(console, name, {
    configurable: true,
    get: () => watching(current),
    set: (value: Writer) => current = watched.get(value) ?? value,
  });
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) {
    return `${value.stack} ${value.cause === undefined ? "" : shown(value.cause)}`;
  }
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return String(value);
  }
}
