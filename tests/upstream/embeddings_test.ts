/** What goes wrong while vectors are fetched, in one call or in one of many. */
import { test } from "node:test";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type FetchedResponse, type FetchInit, textBody } from "../../lib/fetch_like.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { fanOut } from "../../lib/routing/fan_out.ts";
import { Departure } from "../../lib/upstream/departure.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { errorOf, send } from "../support/recorder.ts";
import { silent } from "../support/silent.ts";
import { until, within } from "../support/waiting.ts";

const TITAN = "bedrock/amazon.titan-embed-text-v2:0";
const KEY = "key-that-nobody-sees";

type Answer = (init: FetchInit, text: string) => Response | Promise<Response>;

/** A gateway before Titan, which takes one text a call. */
function scene(answer: Answer, options: GatewayOptions = {}) {
  const texts: string[] = [];
  const fetch = async (_url: string, init: FetchInit): Promise<FetchedResponse> => {
    const { inputText } = JSON.parse(textBody(init));
    texts.push(inputText);
    return await answer(init, inputText);
  };
  const providers = { "aws-bedrock": { apiKey: KEY, region: "us-east-1" } };
  const gateway = createGateway({ ...options, providers, fetch });
  const embed = (input: unknown, headers: HeadersInit = {}, init: RequestInit = {}) =>
    send(gateway, "/v1/embeddings", {
      method: "POST",
      headers,
      body: JSON.stringify({ model: TITAN, input }),
      ...init,
    });
  return { gateway, embed, texts };
}

const good = (text: string) =>
  Response.json({ embedding: [text.length, 1], inputTextTokenCount: 1 });
const failed = (status: number, message: string, headers: HeadersInit = {}) =>
  Response.json({ message }, { status, headers });

test("a refusal keeps its status, words and when to come back", async () => {
  const { embed } = scene(() => failed(429, `Too many; ${KEY}`, { "retry-after": "7" }));
  const answer = await embed("a");
  const { message } = errorOf(answer);
  assertEquals([answer.status, answer.headers.get("retry-after")], [429, "7"]);
  assertStringIncludes(message, "Too many");
  assertFalse(answer.text.includes(KEY), "a key in an error");
  assertEquals(answer.headers.get("dragoman-error-source"), "provider");
});

test("only the call that failed is tried again", async () => {
  let failures = 1;
  const { embed, texts } = scene(
    (_, text) => text === "t3" && failures-- > 0 ? failed(500, "once") : good(text),
  );
  const input = Array.from({ length: 6 }, (_, at) => `t${at}`);
  const answer = await embed(input, { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "0" });
  assertEquals(answer.status, 200);
  assertEquals(JSON.parse(answer.text).usage.prompt_tokens, 6);
  assertEquals(texts.toSorted(), ["t0", "t1", "t2", "t3", "t3", "t4", "t5"]);
});

test("without tries to spare, one failed call fails the whole, and ends the others", async () => {
  const aborted: string[] = [];
  const { embed, texts } = scene((init, text) => {
    if (text === "t2") return failed(500, "Half of it is lost");
    return new Promise<Response>((_, reject) => {
      init.signal.addEventListener("abort", () => {
        aborted.push(text);
        reject(init.signal.reason);
      });
    });
  });
  const input = Array.from({ length: 40 }, (_, at) => `t${at}`);
  const answer = await within(embed(input), "the failure");
  assertEquals([answer.status, errorOf(answer).message], [500, "Half of it is lost"]);
  assertEquals(texts.length, 8, "no call begins after the failure");
  assertEquals(aborted.length, 7);
});

test("a fan-out that fails falls back as a whole", async () => {
  const routes = { search: [TITAN, "openai/embed-1"] };
  const gateway = createGateway({
    providers: { "aws-bedrock": { apiKey: KEY, region: "us-east-1" }, openai: { apiKey: "k" } },
    gateways: { default: { routes } },
    fetch: (url, init) => {
      const { inputText, input } = JSON.parse(textBody(init));
      if (!url.includes("openai")) {
        return Promise.resolve(inputText === "b" ? failed(500, "no") : good(inputText));
      }
      const data = input.map((_: string, index: number) => ({ index, embedding: [index] }));
      return Promise.resolve(Response.json({ object: "list", data }));
    },
  });
  const answer = await send(gateway, "/v1/embeddings", {
    method: "POST",
    body: JSON.stringify({ model: "search", input: ["a", "b", "c"] }),
  });
  const { data } = JSON.parse(answer.text);
  assertEquals([answer.status, answer.headers.get("cf-aig-step")], [200, "1"]);
  assertEquals(data.map(({ embedding }: { embedding: number[] }) => embedding), [[0], [1], [2]]);
});

const STRANGE: readonly (readonly [body: string, says: string])[] = [
  ["", "holds no vectors"],
  ["<html>proxy</html>", "holds no vectors"],
  ['{"embedding":[0.1,', "holds no vectors"],
  ['{"embedding":[]}', "holds no vectors"],
  ['{"embedding":["a"]}', "holds no vectors"],
  ['{"other":"what was asked"}', "holds no vectors"],
];

test("an answer that is none is told as such", async () => {
  for (const [body, says] of STRANGE) {
    const { embed } = scene(() => new Response(body));
    const answer = await embed("a");
    assertEquals([answer.status, errorOf(answer).code], [502, "2002"], body);
    assertStringIncludes(errorOf(answer).message, says);
    assertFalse(answer.text.includes("what was asked"));
    assertEquals(answer.headers.get("dragoman-error-source"), "gateway");
  }
});

/** The same before OpenAI. */
function openai(body: unknown, status = 200) {
  const gateway = createGateway({
    providers: { openai: { apiKey: KEY }, openrouter: { apiKey: KEY } },
    fetch: () => Promise.resolve(Response.json(body, { status })),
  });
  return (model = "openai/e", input: unknown = ["a", "b"], more: object = {}) =>
    send(gateway, "/v1/embeddings", {
      method: "POST",
      body: JSON.stringify({ model, input, ...more }),
    });
}

test("too few vectors, or too many, are no answer", async () => {
  for (const count of [1, 3]) {
    const data = Array.from({ length: count }, (_, index) => ({ index, embedding: [1] }));
    const answer = await openai({ object: "list", data })();
    assertEquals([answer.status, errorOf(answer).code], [502, "2002"]);
    assertStringIncludes(errorOf(answer).message, `${count} vectors for 2 inputs`);
  }
});

test("an error inside a 200 is one, and a redirect is not followed", async () => {
  const inside = await openai({ error: { code: 402, message: `Pay first, ${KEY}` } })(
    "openrouter/e",
  );
  assertEquals(inside.status, 402);
  assertStringIncludes(errorOf(inside).message, "Pay first");
  assertFalse(inside.text.includes(KEY));
  const away = await openai({}, 307)();
  assertEquals([away.status, errorOf(away).code], [502, "2112"]);
});

test("base64 that is none becomes an error, not a shorter vector", async () => {
  for (const embedding of ["AAA", "AACAPwA=", "nonsense!", "AACAPw==AACAPw=="]) {
    for (const encoding_format of ["float", "base64"]) {
      const ask = openai({ object: "list", data: [{ index: 0, embedding }] });
      const answer = await ask("openai/e", "a", { encoding_format });
      assertEquals([answer.status, errorOf(answer).code], [502, "2002"], embedding);
    }
  }
});

test("a caller who leaves ends every call, and no further one begins", async () => {
  const signals: AbortSignal[] = [];
  const { embed } = scene((init) => {
    signals.push(init.signal);
    return silent(init);
  });
  const caller = new AbortController();
  const input = Array.from({ length: 20 }, (_, at) => `t${at}`);
  const answering = embed(input, {}, { signal: caller.signal });
  await until(() => signals.length === 8, "the first calls");
  caller.abort();
  const answer = await within(answering, "the end");
  assertEquals(answer.status, 499);
  assertEquals(signals.map(({ aborted }) => aborted), Array(8).fill(true));
  await settled();
  assertEquals(signals.length, 8);
});

test("a caller who leaves amid a pause before another try is not waited for", async () => {
  const clock = new FakeClock();
  const { embed, texts } = scene(() => failed(500, "no"), { clock });
  const caller = new AbortController();
  const answering = embed(["a"], { "cf-aig-max-attempts": "5" }, { signal: caller.signal });
  await until(() => texts.length === 1 && clock.pauses.includes(500), "the pause");
  caller.abort();
  const answer = await within(answering, "the end");
  assert(answer.status === 500 || answer.status === 499, String(answer.status));
  assertEquals([texts.length, clock.waiting], [1, 0]);
});

test("a provider that says nothing is given up after its time", async () => {
  const clock = new FakeClock();
  const { embed } = scene(silent, { clock });
  const answering = embed(["a", "b"]);
  await clock.advance(600_000);
  const answer = await within(answering, "the timeout");
  assertEquals([answer.status, errorOf(answer).code], [504, "2110"]);
  assertEquals(clock.waiting, 0);
});

test("so many at a time and no more, results in order", async () => {
  let now = 0;
  let most = 0;
  const items = Array.from({ length: 50 }, (_, at) => at);
  const results = await fanOut(items, 8, new Departure(), async (item) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    now--;
    return item * 2;
  });
  assertEquals(results, items.map((item) => item * 2));
  assertEquals([most, now], [8, 0]);
});

test("of several failures the first is told", async () => {
  const failing = fanOut([1, 2, 3], 3, new Departure(), async (item, departure) => {
    if (item === 2) throw new Error("first");
    await new Promise<void>((resolve) => departure.callsOff(resolve));
    throw new Error(`called off ${item}`);
  });
  await assertRejects(() => within(failing, "the failure"), Error, "first");
});
