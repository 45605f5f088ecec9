/**
 * Every recorded answer, priced: through the gateway, whole or streamed, in both dialects, it costs what its provider's
 * own counts come to, which another program than ours has read from the recording.
 */
import * as library from "@pydantic/genai-prices";
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { CallerCodec, ProviderCodec } from "../../lib/chat/codec.ts";
import { fold } from "../../lib/chat/fold.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import { isObject, type Json, objectOf, objectsOf, parseJson } from "../../lib/json/fields.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { costOf, priceOf } from "../../lib/policy/cost.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { awsEventStreamDecoder } from "../../lib/stream/aws_event_stream.ts";
import { workersAiOverRun } from "../../lib/providers/workers_ai.ts";
import { runStep } from "../../lib/stream/step.ts";
import { DEFAULTS } from "../codecs/openai_chat/helpers.ts";
import { needs, type Recorded, recordedAs, streamBytes } from "../codecs/recorded.ts";

/** Who recorded it for us, and how the list of prices reads its counts. */
interface Source {
  slug: string;
  reader: string;
  flavour: string;
  /** Recorded without, where its name says what is spoken to it. */
  model?: string;
}

const openaiLike = (slug: string): Source => ({ slug, reader: "openai", flavour: "chat" });
const google = (slug: string): Source => ({ slug, reader: "google", flavour: "default" });
const bedrock = { slug: "aws-bedrock", reader: "aws", flavour: "default" };
const claude = { reader: "anthropic", flavour: "default" };

const SOURCES: Record<string, Source> = {
  "openai.chat": openaiLike("openai"),
  "azure.chat": openaiLike("azure-openai"),
  "baseten.chat": openaiLike("baseten"),
  "cerebras.chat": openaiLike("cerebras"),
  "deepseek.chat": openaiLike("deepseek"),
  "fireworks.chat": openaiLike("fireworks"),
  "groq.chat": openaiLike("groq"),
  "huggingface.chat": openaiLike("huggingface"),
  "mistral.chat": openaiLike("mistral"),
  "ollama.openai.chat": openaiLike("ollama"),
  "openrouter.chat": openaiLike("openrouter"),
  "parallel.chat": openaiLike("parallel"),
  "together.chat": openaiLike("together"),
  "workersai.run": openaiLike("workers-ai"),
  "workersai.chat": openaiLike("workers-ai"),
  // Counts thoughts beside the answer.
  "xai.chat": { slug: "grok", reader: "x-ai", flavour: "chat" },
  "perplexity.chat": openaiLike("perplexity-ai"),
  "cohere.v2.chat": { slug: "cohere", reader: "cohere", flavour: "default" },
  "gemini.generateContent": google("google-ai-studio"),
  "gemini.streamGenerateContent": google("google-ai-studio"),
  "vertex.generateContent": google("google-vertex-ai"),
  "vertex.streamGenerateContent": google("google-vertex-ai"),
  "anthropic.messages": { slug: "anthropic", ...claude },
  "vertex.anthropic.messages": {
    slug: "google-vertex-ai",
    model: "anthropic/claude-sonnet-4-5",
    ...claude,
  },
  "bedrock.converse": bedrock,
  "bedrock.converse-stream": bedrock,
};

/** Different for every kind of token, so that none can stand for another. */
const PRICE = {
  input: 2,
  output: 3,
  cacheRead: 5,
  cacheWrite: 7,
  cacheWrite1h: 11,
  reasoning: 13,
  inputAudio: 17,
  outputAudio: 19,
};

const isStream = ({ response }: Recorded) => response.body === undefined;

/** The JSON values of a recorded answer, in order: one, or a stream's. */
function valuesOf(recording: Recorded): Json[] {
  const { body, base64 } = recording.response;
  if (isObject(body)) return [body];
  if (Array.isArray(body)) return objectsOf(body);
  const bytes = streamBytes(recording);
  const utf8 = new TextDecoder();
  const texts = base64 === undefined
    ? utf8.decode(bytes).split(/\r?\n/).map((line) => line.replace(/^data: ?/, ""))
    : runStep(awsEventStreamDecoder(), [bytes]).map(({ payload }) => utf8.decode(payload));
  return texts.map(parseJson).filter(isObject);
}

/** Some recordings hold the answers of a whole conversation, one after the other. */
function isOneAnswer(recording: Recorded): boolean {
  return valuesOf(recording).filter(({ type }) => type === "message_start").length <= 1;
}

const recordings = Object.keys(SOURCES).flatMap((api) =>
  recordedAs(new RegExp(`(^|/)${api.replaceAll(".", "\\.")}--`)).filter((each) => each.api === api)
).filter(({ response }) => response.status === 200).filter(isOneAnswer);

/** Where counts stand in an answer, or an event, of all protocols. */
function countsIn(value: Json): Json[] {
  const places = [
    value,
    objectOf(value.message),
    objectOf(value.result),
    objectOf(value.x_groq),
    objectOf(value.delta),
    ...objectsOf(value.choices),
  ];
  return places.map(({ usage, usageMetadata }) => usage ?? usageMetadata).filter(isObject);
}

/** The counts of an answer, as its provider wrote them last; `undefined` where it wrote none. */
function wireUsage(recording: Recorded): Json | undefined {
  const counts = valuesOf(recording).flatMap(countsIn).filter(isCounted);
  if (counts.length === 0) return undefined;
  const said = counts.map((each) =>
    Object.fromEntries(Object.entries(each).filter(([, value]) => value !== null))
  );
  // Google's later counts leave out what no longer holds; everybody else's add to what was said.
  if ("totalTokenCount" in said.at(-1)!) return said.at(-1)!;
  return Object.assign({}, ...said);
}

function isCounted(usage: Json): boolean {
  return Object.values(usage).some((value) => typeof value === "number" || isObject(value));
}

/** The list's own reader of usage, then a sum by hand. */
function expected(recording: Recorded): number | undefined {
  const { reader, flavour: usual } = SOURCES[recording.api]!;
  const usage = wireUsage(recording);
  if (usage === undefined) return undefined;
  const flavour = reader === "cohere" && usage.billed_units === undefined ? "tokens" : usual;
  const provider = library.findProvider({ providerId: reader })!;
  const holder = reader === "google" ? { usageMetadata: usage } : { usage };
  const { usage: read } = library.extractUsage(provider, { ...holder, model: "m" }, flavour);
  const count = (name: string) => read[name] ?? 0;
  const hour = count("cache_write_1h_tokens");
  const [cached, written] = [count("cache_read_tokens"), count("cache_write_tokens")];
  const [heard, spoken] = [count("input_audio_tokens"), count("output_audio_tokens")];
  const thought = thoughtOf(usage, read);
  // Grok on Azure has read more from its cache than it has read.
  return Math.max(0, count("input_tokens") - cached - written - heard) * PRICE.input +
    (count("output_tokens") - thought - spoken) * PRICE.output +
    cached * PRICE.cacheRead + (written - hour) * PRICE.cacheWrite + hour * PRICE.cacheWrite1h +
    thought * PRICE.reasoning + heard * PRICE.inputAudio + spoken * PRICE.outputAudio;
}

/** Not read from where Together, and Cohere, which bills no more than it says, have them. */
function thoughtOf(usage: Json, read: library.Usage): number {
  const thought = usage.reasoning_tokens ?? objectOf(usage.tokens).reasoning_tokens;
  const known = read.output_reasoning_tokens ?? Number(thought ?? 0);
  return Math.min(known, read.output_tokens ?? 0);
}

function gatewayFor(recording: Recorded, options: GatewayOptions): Gateway {
  const { headers, body } = recording.response;
  const type = headers["content-type"] ?? "application/json";
  const answer = body === undefined
    ? new Blob([streamBytes(recording) as BlobPart])
    : JSON.stringify(body);
  const own = { apiKey: "sk-of-somebody", accountId: "account", resource: "resource" };
  const { slug } = SOURCES[recording.api]!;
  const providers = { [slug]: settings(slug, own) };
  const rules = recording.api === "workersai.run" ? [{ match: ".", run: true }] : undefined;
  return createGateway({
    ...options,
    ...(rules && { modelRules: { "workers-ai": rules } }),
    providers,
    fetch: () =>
      Promise.resolve(
        new Response(answer, { headers: { "content-type": type } }),
      ),
  });
}

function settings(slug: string, { apiKey, accountId, resource }: Record<string, string>) {
  if (slug === "workers-ai") return { apiKey, accountId };
  if (slug === "azure-openai") return { apiKey, resource };
  if (slug === "aws-bedrock") return { apiKey, region: "us-east-1" };
  if (slug === "google-vertex-ai") return { apiKey, project: "project", region: "global" };
  return { apiKey };
}

const PATHS = ["/v1/chat/completions", "/v1/messages"];

/** What was recorded is an error, or a transcription. */
const NO_ANSWER = Symbol("no answer");

/** What the gateway tells an answer cost. */
async function told(gateway: Gateway, recording: Recorded, path: string): Promise<unknown> {
  const { slug, model = recording.model } = SOURCES[recording.api]!;
  const stream = isStream(recording);
  const body = {
    model: `${slug}/${model}`,
    max_tokens: 10,
    messages: [{ role: "user", content: "Hello" }],
    stream,
    usage: { include: true },
  };
  const answer = await gateway.fetch(
    new Request(`http://localhost${path}`, { method: "POST", body: JSON.stringify(body) }),
  );
  const text = await answer.text();
  if (answer.status !== 200) return NO_ANSWER;
  const said = text.startsWith("{")
    ? [parseJson(text)]
    : text.split("\n").map((line) => parseJson(line.replace(/^data: /, "")));
  const costs = said.filter(isObject).map(({ usage }) => objectOf(usage)).filter((usage) =>
    "cost" in usage
  );
  assert(costs.length <= 1, `${recording.id} tells ${costs.length} costs`);
  return costs[0]?.cost;
}

test("every recorded answer costs what its counts come to", async (t) => {
  if (!needs(t, recordings)) return;
  const names = Object.values(SOURCES).map(({ slug }) => [`${slug}/*`, PRICE] as const);
  const prices = Object.fromEntries(names);
  const compared = { whole: 0, streamed: 0, none: 0 };
  for (const recording of recordings) {
    const cost = expected(recording);
    for (const path of PATHS) {
      const dollars = await told(gatewayFor(recording, { prices }), recording, path);
      if (dollars === NO_ANSWER) {
        compared.none++;
        continue;
      }
      if (cost === undefined) {
        assert(!dollars, recording.id);
        continue;
      }
      assertEquals(
        dollars,
        cost / 1e6,
        `${recording.id} ${path} ${JSON.stringify(wireUsage(recording))}`,
      );
      compared[isStream(recording) ? "streamed" : "whole"]++;
    }
  }
  const { whole, streamed, none } = compared;
  assert(whole > 0 && streamed > 0 && none < (whole + streamed) / 50, JSON.stringify(compared));
});

test("a recorded stream costs to the micro-dollar what the same answer costs whole", (t) => {
  const streams = recordings.filter(isStream);
  if (!needs(t, streams)) return;
  const price = priceOf(PRICE);
  let compared = 0;
  for (const recording of streams) {
    const codec = codecOf(recording);
    const events = runStep(codec.streamDecoder(DEFAULTS), [streamBytes(recording)]);
    if (!events.some(({ type }) => type === "finish")) continue;
    compared++;
    const streamed = fold(events);
    const whole = codec.decodeResponse(codec.encodeResponse(streamed), DEFAULTS);
    assertEquals(
      whole.usage && costOf(whole.usage, price),
      streamed.usage && costOf(streamed.usage, price),
      recording.id,
    );
  }
  assert(compared > streams.length * 0.95, `${compared} of ${streams.length}`);
});

function codecOf({ api, model: recorded }: Recorded): ProviderCodec & CallerCodec {
  const { slug, model = recorded } = SOURCES[api]!;
  const codec = PROVIDERS.get(slug)!.codec!;
  const own = api === "workersai.run" ? workersAiOverRun : codec.forModel?.(model) ?? codec;
  assert("encodeResponse" in own, slug);
  return own as ProviderCodec & CallerCodec;
}
