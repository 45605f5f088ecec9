/** Every way a client reaches the gateway, with the same two providers behind each. */
import { test } from "node:test";
import OpenAI, { type ClientOptions } from "openai";
import { createDoor, createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { looseOllama } from "../support/loose_ollama.ts";
import { runtime } from "../support/runtime.ts";
import type { ScriptedUpstream } from "../support/scripted_upstream.ts";
import { STORED_KEY, strictOpenAI } from "../support/strict_openai.ts";
import { egressHere, serveHere } from "../support/ways.ts";

/** An entrance to a gateway. */
export interface Entrance {
  /** Without a path. */
  url: string;
  /** Where the client and the gateway share a process. */
  fetch?: ClientOptions["fetch"];
  close(): Promise<void>;
}

/** A server of the runtime at hand. */
export async function openDoor(options: GatewayOptions): Promise<Entrance> {
  const seams = { fetch: await egressHere(), ...options };
  const server = await serveHere(createDoor(seams, { loopback: true, openByDefault: true }));
  return { url: `http://127.0.0.1:${server.address.port}`, close: () => server.close() };
}

/**
 * workerd runs no clients, so Node's play against it. It notices a departure when it writes; in a stream
 * that is silent it writes keep-alive comments.
 */
async function openWorkerd(options: GatewayOptions): Promise<Entrance> {
  const { gatewayInWorkerd } = await import("../support/workerd/live.ts");
  const { default: own, ...others } = options.gateways ?? {};
  const timeouts = { keepAlive: 200, ...own?.timeouts };
  const gateways = { ...others, default: { ...own, timeouts } };
  return { url: await gatewayInWorkerd({ ...options, gateways }), close: async () => {} };
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

type Open = (options: GatewayOptions) => Promise<Entrance>;

const liveDoor = `${runtime} server`;

/**
 * Declares the same test for the server of this runtime, for `fetch: gateway.fetch`, and on Node for workerd.
 * `except` says which servers cannot pass it, and why.
 */
export function onEachDoor(
  name: string,
  body: (scene: Scene) => Promise<void>,
  options: SceneOptions = defaultOptions,
  except: Partial<Record<typeof runtime, string>> = {},
): void {
  const declare = (door: string, skip: string | undefined, open: Open) =>
    void test(`${name} (${door})`, { skip: skip ?? false }, () => play(open, body, options));
  declare(liveDoor, except[runtime], openDoor);
  declare("in process", undefined, openHandler);
  if (runtime === "node") declare("workerd server", except.workerd, openWorkerd);
}

/** Declares a test that means something with a connection only. */
export function onLiveDoor(name: string, body: (scene: Scene) => Promise<void>): void {
  void test(`${name} (${liveDoor})`, () => play(openDoor, body, defaultOptions));
}

async function play(
  open: Open,
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
