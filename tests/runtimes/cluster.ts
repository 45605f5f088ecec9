/**
 * Several gateways on one Redis, each a process of its own, for tests of what they share and of what happens while the
 * Redis is away. They run from the sources, on loopback ports, with a provider that answers as the test says:
 *
 * ```ts
 * const cluster = await startCluster({
 *   runtimes: ["node", "bun"],
 *   config: (provider) => ({ providers: { openai: { baseUrl: provider, apiKey: "sk-test" } } }),
 * });
 * await cluster.ask(0, { model: "openai/m" });           // the first gateway; also headers, and another path
 * const load = keepAsking(64, (client) => cluster.ask(client % 2, { model: "openai/m" }));
 * await cluster.redis.stop();
 * await cluster.redis.start();                           // at the same address, and empty
 * const answers = await load.stop();                     // all of them: status, milliseconds, headers, text
 * cluster.provider.asked                                 // what reached the provider
 * await cluster.redis.contents()                         // every key and value
 * await cluster.close();
 * ```
 *
 * `store` is added to the configuration; answers, what programs say and what lies in the Redis are watched for its
 * secrets. Everything ends with the test file at the latest.
 */
import { createClient } from "@redis/client";
import type { IncomingHttpHeaders } from "node:http";
import { after } from "node:test";
import { httpUpstream } from "../serve/support.ts";
import { watchText } from "../support/canary/watch.ts";
import { type RedisServer, startRedis } from "../support/redis_server.ts";
import { listening, type LiveServer, type Program, start } from "./servers.ts";

/** What runs the command from its sources. */
const SOURCES = {
  node: ["node", "lib/serve/cli.ts"],
  bun: ["bun", "lib/serve/cli.ts"],
  deno: ["deno", "run", "-A", "--no-check", "--no-lock", "lib/serve/cli.ts"],
} as const;

type RuntimeName = keyof typeof SOURCES;

/** One request as it reached the provider. */
export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** What the provider answers: JSON with 200, or what a `Response` says. */
type Answer = Record<string, unknown> | Response;

/** What a cluster is made of. */
export interface ClusterOptions {
  /** One a gateway. */
  runtimes: readonly RuntimeName[];
  /** The configuration of all of them; `provider` is the provider's address. */
  config: (provider: string) => Record<string, unknown>;
  /** Variables of their environment. */
  env?: Record<string, string>;
  /** Default: a good whole answer in OpenAI's words. */
  answer?: (asked: Asked) => Answer | Promise<Answer>;
  /** Done when the Redis is there and no gateway yet. */
  before?: (cluster: Cluster) => Promise<void>;
}

/** An answer of a gateway. */
export interface Got {
  status: number;
  headers: Headers;
  text: string;
  /** Milliseconds it took to the end. */
  took: number;
}

/** Gateways, their Redis and their provider. */
export interface Cluster {
  gateways: LiveServer[];
  provider: { url: string; asked: Asked[] };
  redis: {
    readonly url: string;
    /** Ends it, and all connections with it. */
    stop(): Promise<void>;
    /** Starts another one at its address, which is empty. */
    start(): Promise<void>;
    /** Stops answering without closing a connection; `false` goes on. */
    freeze(frozen: boolean): void;
    /** Every key with its value, for those that are texts. */
    contents(): Promise<Map<string, string>>;
  };
  /** Asks the gateway at this place; `body` makes it a POST, of chat completions where no path says otherwise. */
  ask(gateway: number, body?: object, init?: AskInit): Promise<Got>;
  /** Runs another command with the same configuration, such as `key list`. */
  run(args: readonly string[], input?: string): Promise<Program>;
  close(): Promise<void>;
}

/** How a gateway is asked. */
export interface AskInit {
  path?: string;
  headers?: Record<string, string>;
}

const GOOD = {
  id: "c-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Good." } }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

/** Starts the Redis, the provider, and then all gateways at once. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { answer = () => GOOD, env = {} } = options;
  const provider = await startProvider(answer);
  const redis = await switchableRedis();
  const config = { store: { type: "redis", url: redis.url }, ...options.config(provider.url) };
  const all = { ...env, DRAGOMAN_CONFIG: JSON.stringify(config) };
  const cluster: Cluster = {
    gateways: [],
    provider,
    redis,
    ask: (gateway, body, init) => ask(cluster.gateways[gateway]!.url, body, init),
    async run(args, input = "") {
      const program = start([...SOURCES.node, ...args], all, input);
      await program.ended;
      return program;
    },
    async close() {
      for (const { child } of cluster.gateways) child.kill("SIGKILL");
      await Promise.all(cluster.gateways.map(({ ended }) => ended));
      await Promise.all([redis.stop(), provider.close()]);
    },
  };
  after(() => cluster.close());
  await options.before?.(cluster);
  cluster.gateways.push(
    ...await Promise.all(options.runtimes.map((runtime) => {
      const program = start([...SOURCES[runtime], "--port", "0"], all);
      return listening(program, /ready on http:\/\/localhost:(\d+)[^]*\n {2}try /);
    })),
  );
  return cluster;
}

/** So many clients, each of which asks again as soon as it was answered; `stop` gives all answers once they are there. */
export function keepAsking(
  clients: number,
  ask: (client: number) => Promise<Got>,
): { readonly answered: number; stop(): Promise<Got[]> } {
  const answers: Got[] = [];
  let over = false;
  const all = Array.from({ length: clients }, async (_, client) => {
    while (!over) answers.push(await ask(client));
  });
  return {
    get answered() {
      return answers.length;
    },
    async stop() {
      over = true;
      await Promise.all(all);
      return answers;
    },
  };
}

/** How many answers have which status. */
export function tally(answers: readonly Got[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { status } of answers) sums[status] = (sums[status] ?? 0) + 1;
  return sums;
}

async function ask(url: string, body?: object, { path, headers }: AskInit = {}): Promise<Got> {
  const began = performance.now();
  const answer = await fetch(url + (path ?? "/v1/chat/completions"), {
    headers: { ...headers },
    // Nothing may hang: that would be an error here, not a test without an end.
    signal: AbortSignal.timeout(20_000),
    ...(body && {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: "Hello" }], ...body }),
    }),
  });
  const text = await answer.text();
  watchText(`${JSON.stringify([...answer.headers])} ${text}`, "an answer");
  return { status: answer.status, headers: answer.headers, text, took: performance.now() - began };
}

async function startProvider(answer: NonNullable<ClusterOptions["answer"]>) {
  const asked: Asked[] = [];
  const server = await httpUpstream(async (req, res) => {
    let text = "";
    for await (const piece of req.setEncoding("utf8")) text += piece;
    const each = {
      path: req.url!,
      headers: req.headers,
      body: text === "" ? {} : JSON.parse(text),
    };
    asked.push(each);
    const said = await answer(each);
    const response = said instanceof Response ? said : Response.json(said);
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(new Uint8Array(await response.arrayBuffer()));
  });
  return { url: server.url, asked, close: server.close };
}

async function switchableRedis(): Promise<Cluster["redis"]> {
  let server: RedisServer | undefined = await startRedis();
  const { port, url } = server;
  return {
    url,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async start() {
      server = await startRedis({ port });
    },
    freeze: (frozen) => server?.freeze(frozen),
    async contents() {
      const client = createClient({ url });
      await client.connect();
      const keys = await client.keys("*");
      const values = await Promise.all(keys.map((key) => client.get(key)));
      client.destroy();
      watchText(JSON.stringify([keys, values]), "what lies in the Redis");
      return new Map(keys.map((key, at) => [key, values[at] ?? ""]));
    },
  };
}
