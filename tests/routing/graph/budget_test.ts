/** Budget nodes: what answers cost, whole, streamed, broken off and never finished. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "node:test";
import { type FetchLike, textBody } from "../../../lib/fetch_like.ts";
import { createGateway } from "../../support/gateway.ts";
import type { GatewayOptions } from "../../../lib/options/mod.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { CONTENT, counts, SSE, streamed } from "../../support/counted_answer.ts";
import { end, model, rate, start } from "../../support/graphs.ts";
import { chat, errorOf, recorded, send, type Sent } from "../../support/recorder.ts";
import { silent } from "../../support/silent.ts";
import { until } from "../../support/waiting.ts";

/** A thousand tokens either way are a dollar. */
const PRICE = { input: 1000, output: 1000 };

function budget(limit: number, more: GatewayOptions = {}): GatewayOptions {
  const elements = [
    start("budget"),
    rate("budget", { limitType: "cost", limit, window: 3600 }, "big", "small"),
    model("big", "openai/big", "spare"),
    model("spare", "openai/spare"),
    model("small", "openai/small"),
    end(),
  ];
  return {
    clock: new FakeClock(),
    prices: { "openai/big": PRICE, "openai/spare": { input: 100, output: 100 } },
    gateways: { default: { open: true, routes: { support: { elements } } } },
    ...more,
  };
}

const ask = { model: "dynamic/support" };
const asked = (sent: Sent[]) => sent.splice(0).map(({ body }) => body.model);

test("a budget lets requests pass until what they cost has used it up", async () => {
  for (const stream of [false, true]) {
    for (const stream_options of stream ? [{}, { include_usage: true }] : [undefined]) {
      const { gateway, sent } = recorded(budget(2.5), counts(600, 400));
      for (let i = 0; i < 5; i++) {
        const answer = await chat(gateway, { ...ask, stream, stream_options });
        assertEquals(answer.status, 200, answer.text);
      }
      // A dollar each: two and a half are used up by three.
      assertEquals(asked(sent), ["big", "big", "big", "small", "small"]);
    }
  }
});

test("a budget is whole again in the next window", async () => {
  const clock = new FakeClock();
  const { gateway, sent } = recorded(budget(1, { clock }), counts(600, 400));
  for (let i = 0; i < 2; i++) await chat(gateway, ask);
  await clock.advance(3_600_000);
  await chat(gateway, ask);
  assertEquals(asked(sent), ["big", "small", "big"]);
});

test("what answered in place of another is what is paid for", async () => {
  const answer = counts(600, 400);
  const { gateway, sent } = recorded(budget(0.25), (init) => {
    const { model } = JSON.parse(textBody(init)) as { model: string };
    return model === "big" ? new Response("no", { status: 500 }) : answer(init);
  });
  for (let i = 0; i < 4; i++) await chat(gateway, ask);
  const each = ["big", "spare"];
  assertEquals(asked(sent), [...each, ...each, ...each, "small"]);
});

test("who gets no answer pays nothing", async () => {
  let broken = true;
  const answer = counts(600, 400);
  const fail = () => new Response("no", { status: 500 });
  const { gateway, sent } = recorded(budget(1), (init) => broken ? fail() : answer(init));
  for (let i = 0; i < 3; i++) assertEquals((await chat(gateway, ask)).status, 500);
  asked(sent);
  broken = false;
  for (let i = 0; i < 2; i++) await chat(gateway, ask);
  assertEquals(asked(sent), ["big", "small"]);
});

test("leaving before the answer is not free, whoever is asked by then", async () => {
  const models: string[] = [];
  const fetch: FetchLike = (_, init) => {
    models.push((JSON.parse(textBody(init)) as { model: string }).model);
    return silent(init);
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const gateway = createGateway({ ...budget(1), providers, fetch });
  for (const count of [1, 2]) {
    const leave = new AbortController();
    const messages = [{ role: "user", content: "Hello" }];
    const asking = gateway.fetch(
      new Request("http://localhost/v1/chat/completions", {
        method: "POST",
        body: JSON.stringify({ ...ask, messages }),
        signal: leave.signal,
      }),
    );
    await until(() => models.length === count, "a model is asked");
    leave.abort();
    await asking;
  }
  assertEquals(models, ["big", "small"]);
});

test("what is still running counts as what such a request usually costs", async () => {
  const pending: (() => void)[] = [];
  const fetch: FetchLike = (_, init) =>
    new Promise((resolve) => pending.push(() => resolve(counts(1, 1)(init))));
  const models: string[] = [];
  const noting: FetchLike = (url, init) => {
    models.push((JSON.parse(textBody(init)) as { model: string }).model);
    return fetch(url, init);
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const gateway = createGateway({ ...budget(1), providers, fetch: noting });
  const answers = [chat(gateway, ask), chat(gateway, ask)];
  await until(() => pending.length === 2, "both are asked");
  assertEquals(models, ["big", "small"]);
  for (const answer of pending) answer();
  await Promise.all(answers);
  // It cost a fraction of a cent in the end, so there is room again.
  const third = chat(gateway, ask);
  await until(() => pending.length === 3, "the third is asked");
  assertEquals(models.at(-1), "big");
  pending[2]!();
  await third;
});

test("leaving a stream before its counts come, or one that breaks, is not free", async () => {
  for (const how of ["leaves", "breaks"] as const) {
    const models: string[] = [];
    const fetch: FetchLike = (_, init) => {
      models.push((JSON.parse(textBody(init)) as { model: string }).model);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(CONTENT));
          if (how === "breaks") controller.close();
        },
      });
      return Promise.resolve(new Response(body, { headers: SSE }));
    };
    const providers = { openai: { apiKey: "sk-stored" } };
    const gateway = createGateway({ ...budget(1), providers, fetch });
    for (let i = 0; i < 2; i++) {
      const messages = [{ role: "user", content: "Hello" }];
      const body = JSON.stringify({ ...ask, stream: true, messages });
      const request = new Request("http://localhost/v1/chat/completions", { method: "POST", body });
      const answer = await gateway.fetch(request);
      const reader = answer.body!.getReader();
      assert((await reader.read()).value!.length > 0);
      if (how === "leaves") await reader.cancel();
      else while (!(await reader.read()).done);
    }
    assertEquals(models, ["big", "small"], how);
  }
});

test("who leaves a stream at its end mark, as OpenAI's client does, pays what it cost", async () => {
  const models: string[] = [];
  const fetch: FetchLike = (_, init) => {
    models.push((JSON.parse(textBody(init)) as { model: string }).model);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(
          new TextEncoder().encode(streamed({ prompt_tokens: 1, completion_tokens: 1 })),
        ),
    });
    return Promise.resolve(new Response(body, { headers: SSE }));
  };
  const providers = { openai: { apiKey: "sk-stored" } };
  const gateway = createGateway({ ...budget(1), providers, fetch });
  for (let i = 0; i < 2; i++) {
    const messages = [{ role: "user", content: "Hello" }];
    const body = JSON.stringify({ ...ask, stream: true, messages });
    const request = new Request("http://localhost/v1/chat/completions", { method: "POST", body });
    const reader = (await gateway.fetch(request)).body!.getReader();
    const utf8 = new TextDecoder();
    let read = "";
    while (!read.includes("[DONE]")) read += utf8.decode((await reader.read()).value);
    await reader.cancel();
  }
  assertEquals(models, ["big", "big"]);
});

test("claims no provider can mean use a budget up, and break nothing", async () => {
  const { gateway, sent } = recorded(budget(1_000_000), counts(1e308, 1e308));
  for (let i = 0; i < 3; i++) assertEquals((await chat(gateway, ask)).status, 200);
  assertEquals(asked(sent)[0], "big");
  const odd = recorded(budget(0.001), counts(-5, NaN));
  for (let i = 0; i < 2; i++) assertEquals((await chat(odd.gateway, ask)).status, 200);
});

test("a budget that is used up without a fallback is 429, with the sum", async () => {
  const elements = [
    start("b"),
    rate("b", { limitType: "cost", limit: 0.5, window: 60 }, "m"),
    model("m", "openai/m"),
    end(),
  ];
  const options = {
    prices: { "openai/m": PRICE },
    gateways: { default: { open: true, routes: { support: { elements } } } },
  };
  const { gateway } = recorded(options, counts(600, 400));
  assertEquals((await chat(gateway, ask)).status, 200);
  const answer = await chat(gateway, ask);
  assertEquals([answer.status, errorOf(answer).code], [429, "2041"]);
  assertMatch(errorOf(answer).message, /^Spend limit exceeded: .* allows \$0\.50 in 60 s/);
  assert(Number(answer.headers.get("retry-after")) <= 60);
});

test("vectors are paid for as well", async () => {
  const vectors = { data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 1000 } };
  const { gateway, sent } = recorded(budget(1), () => Response.json(vectors));
  for (let i = 0; i < 2; i++) {
    const body = JSON.stringify({ ...ask, input: "Hello" });
    const answer = await send(gateway, "/v1/embeddings", { method: "POST", body });
    assertEquals(answer.status, 200, answer.text);
  }
  assertEquals(asked(sent), ["big", "small"]);
});

test("a budget before an end is nothing to spend, and harms nobody", async () => {
  const elements = [
    start("b"),
    rate("b", { limitType: "cost", limit: 1 }, "end", "m"),
    model("m", "openai/m"),
    end(),
  ];
  const gateways = { default: { open: true, routes: { support: { elements } } } };
  const { gateway } = recorded({ gateways }, counts(1, 1));
  for (let i = 0; i < 2; i++) assertEquals((await chat(gateway, ask)).status, 400);
});
