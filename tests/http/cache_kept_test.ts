/** Which answers are kept: complete ones, and no others. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { cohereChat } from "../../lib/codecs/cohere_chat/mod.ts";
import { geminiGenerate } from "../../lib/codecs/gemini_generate/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import type { CallerCodec } from "../../lib/chat/codec.ts";
import {
  answer,
  disconnected,
  failure,
  interrupted,
  paced,
  scriptedProvider,
  text,
  toolCall,
  truncated,
  type Turn,
} from "../../lib/exports/testing.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { CacheOptions } from "../../lib/options/mod.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { systemClock } from "../../lib/clock.ts";
import { chat, type Got } from "../support/recorder.ts";
import { until } from "../support/waiting.ts";

interface Road {
  model: string;
  codec: CallerCodec;
}

/** A provider a road: passed on as it is, repaired, translated. */
const ROADS: Readonly<Record<string, Road>> = {
  faithful: { model: "openai/m", codec: openaiChat() },
  repaired: { model: "deepseek/m", codec: openaiChat() },
  claude: { model: "anthropic/claude-haiku-4-5", codec: anthropicMessages() },
  gemini: { model: "google-ai-studio/gemini-2.5-flash", codec: geminiGenerate() },
  cohere: { model: "cohere/command-a-03-2025", codec: cohereChat() },
};

function scene(
  turns: Turn[],
  codec: CallerCodec = openaiChat(),
  cache: CacheOptions = { ttl: 60 },
) {
  const provider = scriptedProvider(turns, { codec });
  const keyed = { apiKey: "sk-stored" };
  const gateway = createGateway({
    providers: {
      openai: keyed,
      deepseek: keyed,
      anthropic: keyed,
      "google-ai-studio": keyed,
      cohere: keyed,
    },
    gateways: { default: { cache } },
    fetch: provider.fetch,
  });
  return { gateway, provider };
}

const statusOf = ({ headers }: Got) => headers.get("cf-aig-cache-status");

const TOOLS = {
  tools: [{ type: "function", function: { name: "tide", parameters: { type: "object" } } }],
};

const HALF = "one whose call has half its arguments";

/** Where arguments are an object rather than its text, there are no halves of them. */
const WHOLE_ARGUMENTS = ["claude, whole", "gemini, whole", "gemini, streamed", "cohere, whole"];

/** What can be wrong with an answer, whole or streamed. */
const BAD: Readonly<Record<string, Turn>> = {
  "one that its limit cut short": text("Low wat", { finishReason: "length" }),
  "one that was filtered": text("I", { finishReason: "content_filter" }),
  [HALF]: toolCall("tide", '{"harbour":"Bre'),
  "one that breaks off": truncated(text("Low water was at six.")),
  "one whose connection is lost": disconnected(text("Low water was at six.")),
  "one that becomes an error": interrupted(text("Low water was at six.")),
  "a refusal": failure(400, { message: "No." }),
};

for (const [road, { model, codec }] of Object.entries(ROADS)) {
  for (const stream of [false, true]) {
    const way = stream ? "streamed" : "whole";
    test(`${road}, ${way}: an answer that is not complete and good is not kept`, async () => {
      for (const [what, turn] of Object.entries(BAD)) {
        if (what === HALF && WHOLE_ARGUMENTS.includes(`${road}, ${way}`)) continue;
        const { gateway, provider } = scene([turn, text("Good.")], codec);
        const ask = () => chat(gateway, { model, stream, ...TOOLS });
        await ask().catch(() => {}); // a stream that breaks may break its reader's
        const next = await ask();
        assertEquals([next.status, statusOf(next)], [200, "MISS"], what);
        assert(next.text.includes("Good."), what);
        assertEquals(provider.requests.length, 2, what);
        assertEquals(statusOf(await ask()), "HIT", what);
      }
    });

    test(`${road}, ${way}: a call without arguments, or with whole ones, is kept`, async () => {
      for (const args of [{}, { harbour: "Brest" }]) {
        const { gateway } = scene([toolCall("tide", args)], codec);
        const ask = () => chat(gateway, { model, stream, ...TOOLS });
        assertEquals(statusOf(await ask()), "MISS");
        assertEquals(statusOf(await ask()), "HIT");
      }
    });
  }
}

test("a call with free text for arguments is kept", async () => {
  const body = JSON.stringify({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{
      index: 0,
      finish_reason: "tool_calls",
      message: {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", type: "custom", custom: { name: "sh", input: "ls {" } }],
      },
    }],
  });
  const gateway = createGateway({
    providers: { openai: { apiKey: "k" } },
    gateways: { default: { cache: { ttl: 60 } } },
    fetch: () => Promise.resolve(new Response(body, { headers: JSON_TYPE })),
  });
  await chat(gateway);
  assertEquals(statusOf(await chat(gateway)), "HIT");
});

const JSON_TYPE = { "content-type": "application/json" };

test("one bad choice of several is enough for an answer not to be kept", async () => {
  const choice = (index: number, finish_reason: string) => ({
    index,
    finish_reason,
    message: { role: "assistant", content: "Hi" },
  });
  const head = { id: "c", object: "chat.completion", created: 1, model: "m" };
  for (const [second, expected] of [["length", "MISS"], ["stop", "HIT"]] as const) {
    const choices = [choice(0, "stop"), choice(1, second)];
    const gateway = createGateway({
      providers: { openai: { apiKey: "k" } },
      gateways: { default: { cache: { ttl: 60 } } },
      fetch: () => Promise.resolve(Response.json({ ...head, choices })),
    });
    await chat(gateway, { n: 2 });
    assertEquals(statusOf(await chat(gateway, { n: 2 })), expected);
  }
});

/** Reads a stream up to a word, and leaves. */
async function leaveAfter(gateway: Gateway, word: string): Promise<string> {
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({
      model: "openai/gpt-5-mini",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
    }),
  });
  const reader = response.body!.getReader();
  const utf8 = new TextDecoder();
  let read = "";
  while (!read.includes(word)) {
    const { done, value } = await reader.read();
    if (done) break;
    read += utf8.decode(value, { stream: true });
  }
  await reader.cancel();
  return read;
}

test("a stream whose caller leaves is not kept, unless he has read its end mark", async () => {
  const long = paced(2, text(["One", " two", " three", " four."]));
  const { gateway, provider } = scene([long, long]);
  assert(!(await leaveAfter(gateway, "two")).includes("four"));
  await leaveAfter(gateway, "[DONE]");
  assertEquals(provider.requests.length, 2);
  const kept = await chat(gateway, { stream: true });
  assertEquals([statusOf(kept), provider.requests.length], ["HIT", 2]);
  assert(kept.text.includes("four.") && kept.text.endsWith("data: [DONE]\n\n"));
});

test("an answer of just the limit is kept, one of a byte more is not", async () => {
  const { gateway, provider } = scene([text("Grüße 🌊")]);
  const size = new TextEncoder().encode((await chat(gateway)).text).length;
  assertEquals(provider.requests.length, 1);
  for (const [maxBytes, expected] of [[size, "HIT"], [size - 1, "MISS"]] as const) {
    const { gateway } = scene([text("Grüße 🌊"), text("Grüße 🌊")], openaiChat(), {
      ttl: 60,
      maxBytes,
    });
    await chat(gateway);
    assertEquals(statusOf(await chat(gateway)), expected);
  }
  const words = text("word ".repeat(500));
  const streamed = scene([words, words], openaiChat(), { ttl: 60, maxBytes: 10_000 });
  for (let i = 0; i < 2; i++) {
    assertEquals(statusOf(await chat(streamed.gateway, { stream: true })), "MISS");
  }
});

test("an answer that says nothing, and ends well, is kept like any other", async () => {
  const { gateway } = scene([answer({})]);
  await chat(gateway);
  assertEquals(statusOf(await chat(gateway)), "HIT");
});

test("where nobody asks for it the store is not touched", async () => {
  const provider = scriptedProvider([], { otherwise: () => text("Hi.") });
  const store = createMemoryStore({ clock: systemClock });
  let gets = 0;
  let sets = 0;
  const gateway = createGateway({
    providers: { openai: { apiKey: "k" } },
    fetch: provider.fetch,
    secret: "0123456789abcdef0123456789abcdef",
    store: {
      ...store,
      get: (key) => (gets++, store.get(key)),
      set: (key, value, ttl) => (sets++, store.set(key, value, ttl)),
    },
  });
  for (const stream of [false, true]) await chat(gateway, { stream });
  assertEquals([gets, sets], [0, 0]);
  await chat(gateway, {}, { "cf-aig-cache-ttl": "60" });
  await until(() => sets === 1, "the answer is kept");
  assertEquals(gets, 1);
});
