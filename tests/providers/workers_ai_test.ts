/** Which of Workers AI's two addresses a model is asked at, and what it is asked there. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { createGateway } from "../support/gateway.ts";
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";

interface Sent {
  url: string;
  init: FetchInit;
}

const RULES = [{ match: "my-tune", run: true }];
const SETTINGS = { accountId: "a1", apiKey: "cf-token-1" };

/** Asks a model, and gives what was sent and what came back. */
async function ask(
  model: string,
  answer: () => Response,
  { body = {}, settings = SETTINGS as object, rules = RULES as object[] } = {},
): Promise<{ sent: Sent; response: Response }> {
  const calls: Sent[] = [];
  const gateway = createGateway({
    providers: { "workers-ai": settings },
    modelRules: { "workers-ai": rules },
    fetch: (url, init) => {
      calls.push({ url, init });
      return Promise.resolve(answer());
    },
  } as GatewayOptions);
  const response = await gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Tide?" }], ...body }),
  });
  return { sent: calls[0]!, response };
}

const ACCOUNT = "https://api.cloudflare.com/client/v4/accounts/a1/ai";
const native = () => Response.json({ result: { response: "Noon." }, success: true, errors: [] });
const openai = () =>
  Response.json({
    id: "1",
    choices: [{ index: 0, message: { content: "Noon." }, finish_reason: "stop" }],
  });

test("a model is asked at /ai/v1, unless a rule says that it is run", async () => {
  const { sent } = await ask("workers-ai/@cf/meta/llama-3.1-8b-instruct", openai);
  assertEquals(sent.url, `${ACCOUNT}/v1/chat/completions`);
  const { sent: run, response } = await ask("workers-ai/@cf/acme/my-tune", native);
  assertEquals(run.url, `${ACCOUNT}/run/@cf/acme/my-tune`);
  assertEquals(run.init.headers.authorization, "Bearer cf-token-1");
  const { choices } = await response.json();
  assertEquals([choices[0].message.content, choices[0].finish_reason], ["Noon.", "stop"]);
});

test("a base URL may end in its version or before it", async () => {
  for (const end of ["", "/v1"]) {
    const settings = { baseUrl: `https://proxy.test/accounts/a1/ai${end}`, apiKey: "k" };
    const { sent } = await ask("workers-ai/@cf/acme/my-tune", native, { settings });
    assertEquals(sent.url, "https://proxy.test/accounts/a1/ai/run/@cf/acme/my-tune");
  }
});

test("a request that is run has a limit and a bare schema, and its model in the path alone", async () => {
  const schema = { type: "object", properties: {} };
  const body = {
    lora: "acme-lora",
    response_format: { type: "json_schema", json_schema: { name: "n", schema } },
    n: 2,
  };
  const { sent, response } = await ask("workers-ai/@cf/acme/my-tune", native, { body });
  assertEquals(JSON.parse(textBody(sent.init)), {
    messages: [{ role: "user", content: "Tide?" }],
    lora: "acme-lora",
    response_format: { type: "json_schema", json_schema: schema },
    max_tokens: 2048,
  });
  assertEquals(response.headers.get("dragoman-warnings"), 'dropped;param="n"');
  const { sent: limited } = await ask("workers-ai/@cf/acme/my-tune", native, {
    body: { max_completion_tokens: 9 },
  });
  assertEquals(JSON.parse(textBody(limited.init)).max_tokens, 9);
});

test("a run model's stream, or its whole answer to a caller of streams, is OpenAI's stream", async () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const events = [{ response: "No", p: "ab" }, { response: "on." }, { response: "", usage }];
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const stream = () =>
    new Response(`${text}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
  for (const answer of [stream, native]) {
    const { sent, response } = await ask("workers-ai/@cf/acme/my-tune", answer, {
      body: { stream: true, stream_options: { include_usage: true } },
    });
    assertEquals([
      JSON.parse(textBody(sent.init)).stream,
      "stream_options" in JSON.parse(textBody(sent.init)),
    ], [
      true,
      false,
    ]);
    const lines = (await response.text()).split("\n\n").filter((line) =>
      line.startsWith("data: {")
    );
    const chunks = lines.map((line) => JSON.parse(line.slice(6)));
    const words = chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("");
    const ends = chunks.map(({ choices: [choice] }) => choice?.finish_reason).filter(Boolean);
    assertEquals([words, ends], ["Noon.", ["stop"]]);
  }
});

test("4.10.102: a dynamic route may lead to a run model", async () => {
  const gateway = createGateway({
    providers: { "workers-ai": SETTINGS },
    modelRules: { "workers-ai": RULES },
    gateways: { default: { routes: { support: ["workers-ai/@cf/acme/my-tune"] } } },
    fetch: () => Promise.resolve(native()),
  });
  const response = await gateway.fetch("http://gateway/v1/a/default/compat/chat/completions", {
    method: "POST",
    body: JSON.stringify({
      model: "dynamic/support",
      messages: [{ role: "user", content: "Tide?" }],
    }),
  });
  assertEquals((await response.json()).choices[0].message.content, "Noon.");
});

test("an error of a run model keeps its status, number and words", async () => {
  const errors = [{ code: 5007, message: "No such model @cf/acme/my-tune" }];
  const { response } = await ask(
    "workers-ai/@cf/acme/my-tune",
    () => Response.json({ result: null, success: false, errors, messages: [] }, { status: 400 }),
  );
  const { error } = await response.json();
  assertEquals([response.status, error.code, error.message], [400, "5007", errors[0]!.message]);
});

test("rules hold at both addresses, and `run` must be a flag", async () => {
  const rules = [...RULES, { match: ".", drops: ["seed"] }];
  for (const [model, answer] of [["@cf/acme/my-tune", native], ["@cf/a/b", openai]] as const) {
    const { sent } = await ask(`workers-ai/${model}`, answer, { rules, body: { seed: 1 } });
    assertEquals(JSON.parse(textBody(sent.init)).seed, undefined, model);
  }
  const wrong = { modelRules: { "workers-ai": [{ match: "a", run: "yes" }] } };
  assertThrows(() => createGateway(wrong), Error, "run");
});
