/** Every way a client reaches the gateway, with the same two providers behind each. */
import { test } from "node:test";
import OpenAI, { type ClientOptions } from "openai";
import { createDoor, createGateway } from "../../lib/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import type { RunningServer } from "../../lib/serve/running_server.ts";
import { runtime } from "../serve/support.ts";
import { looseOllama } from "../support/loose_ollama.ts";
import type { ScriptedUpstream } from "../support/scripted_upstream.ts";
import { STORED_KEY, strictOpenAI } from "../support/strict_openai.ts";

/** An entrance to a gateway. */
export interface Entrance {
  /** Without a path. */
  url: string;
  /** Where the client and the gateway share a process. */
  fetch?: ClientOptions["fetch"];
  close(): Promise<void>;
}

const LOOPBACK = { loopback: true, openByDefault: true };
const SERVE = { port: 0, hostname: "127.0.0.1", drainTimeout: 0 };

async function serveHere(options: GatewayOptions): Promise<RunningServer> {
  if (runtime === "bun") {
    const { bunFetch, bunHash, serveBun } = await import("../../lib/serve/bun.ts");
    const door = createDoor({ fetch: bunFetch, hash: bunHash, ...options }, LOOPBACK);
    return serveBun(door, SERVE);
  }
  const { createNodeFetch } = await import("../../lib/serve/node_egress.ts");
  const { serveNode } = await import("../../lib/serve/node.ts");
  return await serveNode(createDoor({ fetch: createNodeFetch(), ...options }, LOOPBACK), SERVE);
}

/** A server of the runtime at hand. */
export async function openDoor(options: GatewayOptions): Promise<Entrance> {
  const server = await serveHere(options);
  return { url: `http://127.0.0.1:${server.address.port}`, close: () => server.close() };
}

/** No server: the host name exists nowhere. */
function openHandler(options: GatewayOptions): Promise<Entrance> {
  const { fetch } = createGateway(options);
  return Promise.resolve({ url: "http://gateway.invalid", fetch, close: async () => {} });
}

/** What a test gets. */
export interface Scene {
  client: OpenAI;
  /** Another client of the same gateway. */
  connect(options: Partial<ClientOptions> & { path?: string }): OpenAI;
  openai: ScriptedUpstream;
  ollama: ScriptedUpstream;
  entrance: Entrance;
}

/** The gateway most tests use: open, with a stored key for the strict provider. */
export type SceneOptions = (urls: { openai: string; ollama: string }) => GatewayOptions;

export const defaultOptions: SceneOptions = ({ openai, ollama }) => ({
  demo: true,
  providers: { openai: { apiKey: STORED_KEY, baseUrl: openai }, ollama: { baseUrl: ollama } },
});

const liveDoor = `${runtime} server`;

/** Declares the same test for the server of this runtime and for `fetch: gateway.fetch`. */
export function onEachDoor(
  name: string,
  body: (scene: Scene) => Promise<void>,
  options: SceneOptions = defaultOptions,
): void {
  void test(`${name} (${liveDoor})`, () => play(openDoor, body, options));
  void test(`${name} (in process)`, () => play(openHandler, body, options));
}

/** Declares a test that means something with a connection only. */
export function onLiveDoor(name: string, body: (scene: Scene) => Promise<void>): void {
  void test(`${name} (${liveDoor})`, () => play(openDoor, body, defaultOptions));
}

async function play(
  open: (options: GatewayOptions) => Promise<Entrance>,
  body: (scene: Scene) => Promise<void>,
  options: SceneOptions,
): Promise<void> {
  const [openai, ollama] = await Promise.all([strictOpenAI(), looseOllama()]);
  const entrance = await open(options({ openai: openai.url, ollama: ollama.url }));
  const connect: Scene["connect"] = ({ path = "/v1", ...rest }) =>
    new OpenAI({
      apiKey: "dragoman",
      baseURL: entrance.url + path,
      fetch: entrance.fetch,
      maxRetries: 0,
      timeout: 5000,
      organization: null,
      project: null,
      ...rest,
    });
  try {
    await body({ client: connect({}), connect, openai, ollama, entrance });
  } finally {
    await entrance.close();
    await Promise.all([openai.close(), ollama.close()]);
  }
}

/** What a call throws, as an instance of the class it must be. */
export async function thrownBy<T extends Error>(
  what: PromiseLike<unknown>,
  kind: new (...args: never[]) => T,
): Promise<T> {
  const error = await Promise.resolve(what).then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof kind) return error;
  throw new Error(`expected ${kind.name}, not ${error}`, { cause: error });
}

/** All there is of a stream. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** One question, for tests in which the words don't matter. */
export const ASK = [{ role: "user" as const, content: "Good morning." }];
