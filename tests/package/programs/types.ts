/** Compiled, never run: what an application writes against every door, and what must not compile. */
import handler, {
  type Context,
  createGateway,
  defineConfig,
  defineProvider,
  type ErrorCode,
  type Gateway,
  GatewayError,
  type GatewayOptions,
  isGatewayError,
  type ModelList,
  type ModelName,
  type Provider,
} from "dragoman";
import { signedBedrock } from "dragoman/aws";
import { serve as serveBun } from "dragoman/bun";
import { cloudflareStore, type StoreNamespace, StoreObject } from "dragoman/cloudflare";
import {
  ChatDecoderStream,
  ChatEncoderStream,
  type ChatEvent,
  fold,
  openaiChat,
} from "dragoman/codecs/openai_chat";
import { serve as serveDeno } from "dragoman/deno";
import { type DenoKv, denoKvStore } from "dragoman/deno_kv";
import { redisStore, type Store } from "dragoman/redis";
import { rateLimited, scriptedProvider, text } from "dragoman/testing";
import { createWorker } from "dragoman/workers";

const options: GatewayOptions = defineConfig({
  providers: { openai: { apiKey: "sk-1", timeouts: { total: 1000 } } },
  gateways: { default: { routes: { fast: "openai/gpt-5-nano" }, retry: { attempts: 2 } } },
});
const gateway: Gateway = createGateway(options);
const context: Context = { principal: { name: "somebody" } };
const answer: Promise<Response> = gateway.handle(new Request("http://x"), context);
void [answer, handler.fetch(new Request("http://x"))];

const acme: Provider = defineProvider({
  slug: "acme",
  auth: { header: "x-key", required: true },
  codec: openaiChat(),
});
createGateway({ providers: { acme: { definition: acme } }, fetch });

const credentials = () =>
  Promise.resolve({
    accessKeyId: "a",
    secretAccessKey: "s",
    expiration: new Date(),
  });
createGateway({
  providers: { "aws-bedrock": { definition: signedBedrock({ credentials, region: "us-east-1" }) } },
});

function explain(error: unknown): string {
  if (!isGatewayError(error)) return "";
  const known: GatewayError = error;
  return `${known.code} ${known.status} ${known.retryable} ${known.fault?.retryAfter}`;
}

async function translate(response: Response): Promise<Response> {
  const codec = openaiChat();
  const events: ReadableStream<ChatEvent> = response.body!
    .pipeThrough(new ChatDecoderStream(codec));
  const [one, two] = events.tee();
  const seen: ChatEvent[] = [];
  for await (const event of two) seen.push(event);
  void fold(seen).usage?.totalTokens;
  return new Response(one.pipeThrough(new ChatEncoderStream(codec, { usage: true })));
}

async function listed(model: ModelName): Promise<boolean> {
  const { data } = await (await gateway.fetch("http://x/v1/models")).json() as ModelList;
  return data.some(({ id }) => id === model);
}
void listed("openai/gpt-5-mini");
const code: ErrorCode = 2008;
void code;

const stores = (counters: StoreNamespace, kv: DenoKv): Store[] => [
  cloudflareStore({ counters }),
  denoKvStore(kv),
  redisStore({ send: (command, args) => Promise.resolve([command, ...args]) }, { timeout: 50 }),
];
createGateway({ store: { type: "memory", maxEntries: 10 } });
void [stores, StoreObject];

const provider = scriptedProvider([text("Hello"), rateLimited({ retryAfter: 2 })]);
createGateway({ fetch: provider.fetch });
const worker = createWorker<{ KEY: string }>((env) => ({
  providers: { openai: { apiKey: env.KEY } },
}));
void [explain, translate, provider.last.headers, worker.fetch, serveBun, serveDeno];

// @ts-expect-error: an option that doesn't exist
createGateway({ provider: {} });
// @ts-expect-error: no such store
createGateway({ store: { type: "sqlite" } });
// @ts-expect-error: attempts are a number
defineConfig({ gateways: { default: { retry: { attempts: "two" } } } });
// @ts-expect-error: no such error
new GatewayError(1, "no");
