/** `dragoman-dry-run`: what would be sent, who may see it, and that nothing is sent. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { DryRun } from "../../lib/routing/dry_run.ts";
import { createDoor, createGateway, type Gateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { accountText, EMAIL, Google, KEY_LINE, TOKEN_URL } from "../support/google.ts";
import { end, model, rate, start } from "../support/graphs.ts";
import { chat, errorOf, type Got, recorded, recorder, send } from "../support/recorder.ts";
import { toy } from "../support/toy_codec.ts";

const DRY = { "dragoman-dry-run": "true" };
const toyProvider = { definition: toy, apiKey: "toy-secret-key", baseUrl: "http://toy.example" };

/** A step's call, its body read. */
interface Call {
  step: number;
  provider: string;
  model: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  warnings: { kind: string; param: string }[];
  tokenFrom?: string;
  signed?: true;
  error?: { code: string; message: string; param: string | null };
}

function steps(answer: Got): Call[] {
  assertEquals(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { steps: DryRun }).steps as unknown as Call[];
}

test("a dry run shows to the letter what a run sends, and sends nothing", async () => {
  const { gateway, sent } = recorded();
  const headers = { traceparent: "00-1-2-01", authorization: "Bearer sk-from-caller" };
  const body = { max_tokens: 5, seed: 12345678901234567000, stream: true };
  const [call] = steps(await chat(gateway, body, { ...headers, ...DRY }));
  assertEquals(sent.length, 0);
  await chat(gateway, body, headers);
  const [real] = sent;
  assert(call !== undefined && real !== undefined);
  assertEquals([call.step, call.provider, call.model], [0, "openai", "gpt-5-mini"]);
  assertEquals([call.method, call.url], ["POST", real.url]);
  assertEquals(call.body, real.body);
  assertEquals(call.headers, { ...real.headers, authorization: "Bearer …" });
  assertEquals(call.warnings.map(({ kind, param }) => `${kind} ${param}`), ["renamed max_tokens"]);
});

test("a body is shown as it is written, numbers that JavaScript can't hold included", async () => {
  const { gateway } = recorded();
  const text = '{"model":"openai/m","messages":[],"seed":12345678901234567891234}';
  assertStringIncludes((await chat(gateway, text, DRY)).text, '"seed":12345678901234567891234}');
});

test("every step of a route is shown, with the error of one that would fail", async () => {
  const { gateway, sent } = recorded({
    providers: { toy: toyProvider },
    gateways: { default: { routes: { r: ["groq/m", "toy/m", "openai/gpt-5-mini"] } } },
  });
  const [groq, toyCall, openai, ...more] = steps(
    await chat(gateway, { model: "r", seed: 1 }, DRY),
  );
  assertEquals([groq?.provider, groq?.error?.code, groq?.url], ["groq", "2040", undefined]);
  assertEquals([toyCall?.url, toyCall?.step], ["http://toy.example/talk", 1]);
  assertEquals(toyCall?.headers["x-toy-key"], "…");
  assertEquals(toyCall?.warnings, [{ kind: "dropped", param: "seed" }]);
  assertEquals([openai?.step, openai?.body.model, more.length], [2, "gpt-5-mini", 0]);
  assertEquals(sent.length, 0);
});

test("a dynamic route is walked as if every model failed, and nothing is counted", async () => {
  const elements = [
    start("limit"),
    rate("limit", { limitType: "count", limit: 1, window: 3600 }, "big", "small"),
    model("big", "openai/big", "spare"),
    model("spare", "openai/spare"),
    model("small", "openai/small"),
    end(),
  ];
  const { gateway, sent } = recorded({
    clock: new FakeClock(),
    gateways: { default: { open: true, routes: { r: { elements } } } },
  });
  const models = async () =>
    steps(await chat(gateway, { model: "dynamic/r" }, DRY)).map(({ model }) => model);
  for (let i = 0; i < 3; i++) assertEquals(await models(), ["big", "spare"]);
  assertEquals((await chat(gateway, { model: "dynamic/r" })).status, 200);
  assertEquals(await models(), ["small"]);
  assertEquals(sent.length, 1);
});

test("what no step could send is the error that it would be", async () => {
  const { gateway } = recorded({ gateways: { default: { routes: { r: ["groq/m", "grok/m"] } } } });
  const keyless = await chat(gateway, { model: "r" }, DRY);
  assertEquals([keyless.status, errorOf(keyless).code], [400, "2040"]);
  const unknown = await chat(gateway, { model: "nobody/m" }, DRY);
  assertEquals([unknown.status, errorOf(unknown).code], [400, "2008"]);
});

test("in strict mode a loss is the same 400", async () => {
  const { gateway, sent } = recorded({ providers: { toy: toyProvider } });
  const lossy = { model: "toy/m", temperature: 1.8, seed: 7 };
  const answer = await chat(gateway, lossy, { ...DRY, "dragoman-strict": "true" });
  assertEquals([answer.status, errorOf(answer).code], [400, "2108"]);
  assertEquals(errorOf(answer).param, "temperature");
  assertEquals(steps(await chat(gateway, lossy, DRY))[0]?.warnings.length, 2);
  assertEquals(sent.length, 0);
});

test("warnings are told in full, however many", async () => {
  const { gateway } = recorded({ providers: { cohere: { apiKey: "k-cohere" } } });
  const odd = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`odd_parameter_number_${i}`, i]),
  );
  const [call] = steps(await chat(gateway, { model: "cohere/command-a", ...odd }, DRY));
  const told = call?.warnings.filter(({ param }) => param.startsWith("odd_")).length;
  assertEquals(told, 200);
});

test("no part of a credential is shown, wherever it was configured", async () => {
  const { gateway, sent } = recorded({
    providers: {
      openai: { apiKey: "sk-a-long-secret-key", headers: { "X-Proxy-Secret": "proxy-pass" } },
      "aws-bedrock": {
        accessKeyId: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCY",
        sessionToken: "session-token-text",
        region: "us-east-1",
      },
      "azure-openai": { apiKey: "azure-secret-key", resource: "acme" },
      anthropic: { apiKey: "sk-ant-secret-key" },
    },
  });
  const models = ["openai/m", "aws-bedrock/amazon.nova-lite-v1:0", "azure/m", "anthropic/claude"];
  for (const model of models) {
    const answer = await chat(gateway, { model }, DRY);
    const [call] = steps(answer);
    for (const secret of ["secret", "proxy-pass", "AKIA", "wJal", "session-token"]) {
      const shown = answer.text.replaceAll("x-proxy-secret", "");
      assertFalse(shown.includes(secret), `${model}: ${answer.text}`);
    }
    assertEquals(call?.signed, model.startsWith("aws") ? true : undefined);
  }
  const [call] = steps(await chat(gateway, { model: "openai/m" }, DRY));
  assertEquals(call?.headers["x-proxy-secret"], "…");
  assertEquals(sent.length, 0);
});

test("a key that a definition of one's own puts into the address is not shown", async () => {
  const definition = {
    ...toy,
    address: (base: string, path: string) => `${base}${path}?v=1&api_key=hidden-in-address&x=2`,
  };
  const { gateway } = recorded({ providers: { toy: { ...toyProvider, definition } } });
  const [call] = steps(await chat(gateway, { model: "toy/m" }, DRY));
  assertEquals(call?.url, "http://toy.example/talk?v=1&api_key=…&x=2");
});

test("no token is got: the answer says where one would be", async () => {
  const google = new Google();
  const gateway = createGateway({
    fetch: google.fetch,
    providers: { "google-vertex-ai": { apiKey: accountText() } },
  });
  const answer = await chat(gateway, { model: "vertex/google/gemini-2.5-flash" }, DRY);
  const [call] = steps(answer);
  assertEquals(call?.tokenFrom, TOKEN_URL);
  assertEquals(call?.headers.authorization, "Bearer …");
  assertStringIncludes(call!.url, "/projects/acme-prod/");
  for (const secret of [EMAIL, KEY_LINE]) assertFalse(answer.text.includes(secret));
  assertEquals([google.exchanges.length, google.calls.length], [0, 0]);
});

test("a translated call of Anthropic's dialect is shown too", async () => {
  const { gateway, sent } = recorded();
  const body = {
    model: "openai/gpt-5-mini",
    max_tokens: 9,
    messages: [{ role: "user", content: "Hi" }],
  };
  const init = { method: "POST", headers: DRY, body: JSON.stringify(body) };
  const [call] = steps(await send(gateway, "/v1/messages", init));
  assertEquals(call?.body.messages, [{ role: "user", content: "Hi" }]);
  assertEquals(sent.length, 0);
});

test("every batch of embeddings is shown", async () => {
  const { gateway, sent } = recorded({ providers: { cohere: { apiKey: "k-cohere" } } });
  const input = Array.from({ length: 200 }, (_, i) => `text ${i}`);
  const embed = (model: string, headers: HeadersInit) =>
    send(gateway, "/v1/embeddings", {
      method: "POST",
      headers,
      body: JSON.stringify({ model, input }),
    });
  const calls = steps(await embed("cohere/embed-v4.0", DRY));
  assertEquals(calls.map(({ step }) => step), [0, 0, 0]);
  assertEquals(calls.map(({ body }) => (body.texts as string[]).length), [96, 96, 8]);
  assertEquals(calls[0]?.headers.authorization, "Bearer …");
  const without = await embed("anthropic/claude", DRY);
  assertEquals([without.status, errorOf(without).code], [400, "2019"]);
  assertEquals(sent.length, 0);
});

const seams = () => ({ ...recorder(), providers: { openai: { apiKey: "sk-stored" } } });
const KEYS = { accessKeys: ["access-key-1"] };

/** Who asks, through which door; allowed or not. */
const DOORS: readonly (readonly [name: string, gateway: () => Gateway, allowed: boolean])[] = [
  ["inside a program", () => createGateway(seamsOf({})), true],
  ["on loopback", () => doorOf({}, true, true), true],
  ["on loopback, opened by the operator", () => doorOf({ open: true }, true, false), true],
  ["open to everybody elsewhere", () => doorOf({ open: true }, false, false), false],
  ["with access keys, on loopback", () => doorOf(KEYS, true, true), false],
  ["with access keys, inside a program", () => createGateway(seamsOf(KEYS)), false],
];

function seamsOf(entry: NonNullable<GatewayOptions["gateways"]>[string]): GatewayOptions {
  const { fetch, providers } = seams();
  return { fetch, providers, gateways: { default: entry } };
}

function doorOf(
  entry: Parameters<typeof seamsOf>[0],
  loopback: boolean,
  openByDefault: boolean,
): Gateway {
  return createDoor(seamsOf(entry), { loopback, openByDefault }).gateway;
}

test("a dry run is for whoever runs the gateway", async () => {
  for (const [name, gateway, allowed] of DOORS) {
    const headers = { ...DRY, "cf-aig-authorization": "Bearer access-key-1" };
    const answer = await chat(gateway(), {}, headers);
    assertEquals(answer.status, allowed ? 200 : 403, name);
    if (!allowed) assertEquals(errorOf(answer).code, "2125", name);
  }
  const stranger = await chat(doorOf(KEYS, true, true), {}, DRY);
  assertEquals(stranger.status, 401);
});

test("a dry run that is switched off is a run, and one that is neither is 400", async () => {
  const { gateway, sent } = recorded();
  assertEquals((await chat(gateway, {}, { "dragoman-dry-run": "false" })).status, 200);
  assertEquals(sent.length, 1);
  for (const value of ["1", "yes", ""]) {
    const answer = await chat(gateway, {}, { "dragoman-dry-run": value });
    assertEquals([answer.status, errorOf(answer).code], [400, "2107"], value);
  }
  assertEquals(sent.length, 1);
});
