/** What a caller may say by headers, in which ranges; and what a translation costs, said by headers. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { requestOptions } from "../../lib/http/request_options.ts";
import { warningsHeader } from "../../lib/http/warnings_header.ts";
import { DEFAULT_RETRY } from "../../lib/policy/retry.ts";
import { chat, errorOf, goodAnswer, recorded, send } from "../support/recorder.ts";
import { toyTongue } from "../support/tongues.ts";
import { toy } from "../support/toy_codec.ts";

const BAD: readonly (readonly [name: string, values: string[]])[] = [
  ["cf-aig-max-attempts", ["0", "6", "-1", "1.5", "x", "", "1e1", " 0x2", "٣"]],
  ["cf-aig-retry-delay", ["-1", "60001", "x", "1s", "999999999999999999999"]],
  ["cf-aig-backoff", ["Exponential", "none", ""]],
  ["cf-aig-request-timeout", ["0", "86400001", "-5", "soon"]],
  ["cf-aig-event-id", ["x".repeat(257)]],
  ["cf-aig-byok-alias", ["x".repeat(257)]],
  ["cf-aig-metadata", ["", "ada", "[]", "null", '{"a":1']],
  ["cf-aig-cache-ttl", ["-1", "1", "59", "2592001", "60.5", "1h", ""]],
  ["cf-cache-ttl", ["59", "3600000"]],
  ["cf-aig-skip-cache", ["1", "yes", ""]],
  ["cf-skip-cache", ["1"]],
  ["cf-aig-collect-log", ["0", "no"]],
  ["cf-aig-collect-log-payload", ["False"]],
  ["cf-aig-custom-cost", [
    "",
    "0.1",
    "[]",
    "{}",
    '{"per_token_in":1}',
    '{"per_token_in":1,"per_token_out":-1}',
    '{"per_token_in":1,"per_token_out":"1"}',
    '{"per_token_in":1,"per_token_out":1e999}',
    '{"per_token_in":1,"per_token_out":1,"per_cache_read_token":null}',
    '{"per_token_in":1,"per_token_out":1,"per_token":1}',
    '{"per_token_in":1,"per_token_out":1,"total_cost":1}',
    '{"total_cost":"1"}',
    '{"total_cost":-1}',
    '{"total_cost":1e7}',
    '{"per_token_in":1.5,"per_token_out":0}',
  ]],
  ["cf-aig-otel-trace-id", ["x", "0".repeat(32), "a".repeat(31), "g".repeat(32)]],
  ["cf-aig-otel-parent-span-id", ["a".repeat(32), "0".repeat(16)]],
  ["cf-aig-zdr", ["on"]],
  ["cf-aig-no-wholesale", ["TRUE"]],
  ["dragoman-strict", ["yes", "1", "TRUE"]],
];

test("a header outside its range is 400, names itself and sends nothing", async () => {
  const { gateway, sent } = recorded();
  for (const [name, values] of BAD) {
    for (const value of values) {
      if (!/^[\x20-\xff]*$/.test(value)) continue; // no client can send it
      const answer = await chat(gateway, {}, { [name]: value });
      assertEquals([answer.status, errorOf(answer).code], [400, "2107"], `${name}: ${value}`);
      assertEquals(errorOf(answer).param, name);
    }
  }
  assertEquals(sent.length, 0);
});

test("a header's older name is checked beside the newer one, too", async () => {
  const { gateway, sent } = recorded();
  for (const [name, wrong] of [["cache-ttl", "59"], ["skip-cache", "yes"]] as const) {
    const right = name === "cache-ttl" ? "60" : "false";
    const answer = await chat(gateway, {}, { [`cf-aig-${name}`]: right, [`cf-${name}`]: wrong });
    assertEquals([answer.status, errorOf(answer).param], [400, `cf-${name}`]);
  }
  assertEquals(sent.length, 0);
});

test("headers at the ends of their ranges are taken", async () => {
  const { gateway, sent } = recorded();
  const good: Record<string, string>[] = [
    { "cf-aig-max-attempts": "1" },
    { "cf-aig-max-attempts": "5" },
    { "cf-aig-retry-delay": "0", "cf-aig-backoff": "linear" },
    { "cf-aig-retry-delay": "60000", "cf-aig-backoff": "constant" },
    { "cf-aig-request-timeout": "86400000", "dragoman-strict": "false" },
    { "cf-aig-event-id": "", "cf-aig-byok-alias": "" },
    { "cf-aig-event-id": "~".repeat(256) },
    { "cf-aig-cache-ttl": "60", "cf-cache-ttl": "2592000", "cf-aig-cache-key": "kö".repeat(200) },
    { "cf-aig-cache-ttl": "0", "cf-aig-cache-key": "", "cf-skip-cache": "false" },
  ];
  for (const headers of good) {
    const answer = await chat(gateway, {}, headers);
    assertEquals(answer.status, 200, JSON.stringify(headers) + answer.text);
  }
  assertEquals(sent.length, good.length);
});

test("the headers of a request win over the gateway's retry settings", async () => {
  const { gateway, sent } = recorded(
    { gateways: { default: { open: true, retry: { attempts: 1, delay: 0 } } } },
    () => new Response("no", { status: 503 }),
  );
  await chat(gateway, {}, { "cf-aig-max-attempts": "3" });
  assertEquals(sent.length, 3);
});

const toyAnswer = () => new Response(toyTongue.whole);
const providers = { toy: { definition: toy, apiKey: "k", baseUrl: "http://toy.example" } };
const LOSSY = { model: "toy/m", temperature: 1.8, seed: 7 };

test("what a translation dropped or clamped is said in one header", async () => {
  const { gateway, sent } = recorded({ providers }, toyAnswer);
  const answer = await chat(gateway, LOSSY);
  assertEquals(answer.status, 200, answer.text);
  assertEquals(
    answer.headers.get("dragoman-warnings"),
    'clamped;param="temperature";from=1.8;to=1, dropped;param="seed"',
  );
  assertEquals(sent[0]?.body.heat, 1);
  const lossless = await chat(gateway, { model: "toy/m" });
  assertEquals(lossless.headers.get("dragoman-warnings"), null);
});

test("strict mode refuses a loss before anything is sent, and names the parameter", async () => {
  const { gateway, sent } = recorded({ providers }, toyAnswer);
  const answer = await chat(gateway, LOSSY, { "dragoman-strict": "true" });
  assertEquals([answer.status, errorOf(answer).code], [400, "2108"]);
  assertEquals(errorOf(answer).param, "temperature");
  assertStringIncludes(errorOf(answer).message, "temperature (clamped), seed (dropped)");
  assertEquals(sent.length, 0);
  const fine = await chat(gateway, { model: "toy/m" }, { "dragoman-strict": "true" });
  assertEquals(fine.status, 200);
});

test("a rename is no loss: strict mode lets it pass", async () => {
  const { gateway, sent } = recorded();
  const answer = await chat(gateway, { max_tokens: 5 }, { "dragoman-strict": "true" });
  assertEquals(answer.status, 200, answer.text);
  assertEquals(sent[0]?.body.max_completion_tokens, 5);
  assertEquals(
    answer.headers.get("dragoman-warnings"),
    'renamed;param="max_tokens";to="max_completion_tokens"',
  );
});

test("what is left out of the metadata is said on every kind of answer", async () => {
  const { gateway } = recorded({ providers }, (init) => goodAnswer(init));
  const headers = { "cf-aig-metadata": '{"user":null}' };
  const said = 'dropped;param="cf-aig-metadata";reason="user is null, which loses all of it"';
  for (const stream of [false, true]) {
    const answer = await chat(gateway, { stream }, headers);
    assertEquals([answer.status, answer.headers.get("dragoman-warnings")], [200, said]);
  }
  const fine = await chat(gateway, {}, { "cf-aig-metadata": '{"user":"ada"}' });
  assertEquals(fine.headers.get("dragoman-warnings"), null);
});

test("a wish that cannot be granted yet is said, one that is granted anyway is not", async () => {
  const asking: Record<string, string> = {
    "cf-aig-collect-log": "true",
    "cf-aig-collect-log-payload": "true",
    "cf-aig-otel-trace-id": "0123456789abcdefABCDEF0123456789",
    "cf-aig-otel-parent-span-id": "00f067aa0ba902b7",
    "cf-aig-zdr": "true",
  };
  const { gateway, sent } = recorded();
  for (const [name, value] of Object.entries(asking)) {
    const { status, headers } = await chat(gateway, {}, { [name]: value });
    assertEquals(status, 200, name);
    assertStringIncludes(headers.get("dragoman-warnings") ?? "", `dropped;param="${name}";reason=`);
    const strict = await chat(gateway, {}, { [name]: value, "dragoman-strict": "true" });
    assertEquals([strict.status, errorOf(strict).param], [400, name]);
  }
  assertEquals(sent.length, Object.keys(asking).length);
  const { status, headers } = await chat(gateway, {}, {
    "cf-aig-collect-log": "false",
    "cf-aig-collect-log-payload": "false",
    "cf-aig-zdr": "false",
    "cf-aig-no-wholesale": "true",
    "dragoman-strict": "true",
  });
  assertEquals([status, headers.get("dragoman-warnings")], [200, null]);
});

test("none of these headers reaches a provider", async () => {
  const { gateway, sent } = recorded();
  const names = BAD.map(([name]) => name).filter((name) => /^cf-/.test(name));
  const values: Record<string, string> = {
    "cf-aig-cache-ttl": "0",
    "cf-cache-ttl": "0",
    "cf-aig-metadata": "{}",
    "cf-aig-max-attempts": "1",
    "cf-aig-retry-delay": "1",
    "cf-aig-backoff": "linear",
    "cf-aig-request-timeout": "1000",
    "cf-aig-event-id": "e",
    "cf-aig-cache-key": "k",
    "cf-aig-custom-cost": '{"total_cost":1}',
    "cf-aig-otel-trace-id": "a".repeat(32),
    "cf-aig-otel-parent-span-id": "a".repeat(16),
  };
  const said = names.filter((name) => name !== "cf-aig-byok-alias");
  await chat(gateway, {}, Object.fromEntries(said.map((name) => [name, values[name] ?? "false"])));
  assertEquals(Object.keys(sent[0]!.headers).filter((name) => name.startsWith("cf-")), []);
});

test("cf-aig-gateway-id chooses the gateway where the path names none, and must not contradict it", async () => {
  const gateways = {
    default: { accessKeys: ["ak-default-0"] },
    team: { accessKeys: ["ak-of-the-team"] },
  };
  const { gateway } = recorded({ demo: true, gateways });
  const list = async (path: string, id: string, key: string) => {
    const headers = { "cf-aig-gateway-id": id, "cf-aig-authorization": `Bearer ${key}` };
    const answer = await send(gateway, path, { headers });
    return [answer.status, answer.status === 200 ? undefined : errorOf(answer).code];
  };
  assertEquals(await list("/v1/models", "team", "ak-of-the-team"), [200, undefined]);
  assertEquals(await list("/v1/models", "", "ak-default-0"), [200, undefined]);
  assertEquals(await list("/v1/models", "team", "ak-default-0"), [403, "2114"]);
  assertEquals(await list("/v1/models", "nobody", "ak-default-0"), [400, "2001"]);
  const team = "/v1/account/team/compat/models";
  assertEquals(await list(team, "team", "ak-of-the-team"), [200, undefined]);
  assertEquals(await list(team, "default", "ak-of-the-team"), [400, "2107"]);
});

test("strict mode refuses metadata that would be left out, and sends nothing", async () => {
  const { gateway, sent } = recorded();
  const metadata = JSON.stringify({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 });
  const answer = await chat(gateway, {}, {
    "cf-aig-metadata": metadata,
    "dragoman-strict": "true",
  });
  assertEquals([answer.status, errorOf(answer).code], [400, "2108"]);
  assertEquals(errorOf(answer).param, "cf-aig-metadata.f");
  assertStringIncludes(errorOf(answer).message, "dropped: only 5 entries are kept");
  assertEquals(sent.length, 0);
});

test("what the host application says of a request wins over the caller's metadata", () => {
  const headers = new Headers({ "cf-aig-metadata": '{"plan":"paid","user":"ada"}' });
  const gateway = { retry: DEFAULT_RETRY, cache: { allowed: true, ttl: 0, maxBytes: 1 } };
  const { metadata } = requestOptions(headers, gateway, { plan: "free", tenant: 7 });
  assertEquals(metadata, { plan: "free", user: "ada", tenant: 7 });
  assertEquals(requestOptions(new Headers(), gateway).metadata, {});
});

test("warnings are escaped as RFC 9651 asks, whatever a parameter is called", () => {
  const value = warningsHeader([
    { kind: "dropped", param: 'a"b\\c' },
    { kind: "dropped", param: "ü\r\nx-evil: 1" },
    { kind: "clamped", param: "p", from: 1 / 3, to: -0.00001 },
    { kind: "clamped", param: "q", from: "low", to: 1e21 },
  ]);
  assert(value !== undefined && /^[\x20-\x7e]+$/.test(value), value);
  assertEquals(value.split(", ").slice(0, 3), [
    'dropped;param="a\\"b\\\\c"',
    'dropped;param="???x-evil: 1"',
    'clamped;param="p";from=0.333;to=0',
  ]);
});

test("warnings are cut at 2 KiB, and the rest is counted", () => {
  assertEquals(warningsHeader([]), undefined);
  const many = Array.from(
    { length: 500 },
    (_, i) => ({ kind: "dropped", param: `p${i}` } as const),
  );
  const value = warningsHeader(many)!;
  assert(value.length <= 2048);
  const items = value.split(", ");
  assertEquals(items.at(-1), `more;count=${500 - (items.length - 1)}`);
  assert(items.length > 80);
  const huge = warningsHeader([{ kind: "dropped", param: "x".repeat(5000) }]);
  assertEquals(huge, "more;count=1");
});

test("a compressed body is 415, an identity encoding is none", async () => {
  const { gateway } = recorded();
  for (const encoding of ["gzip", "br", "zstd", "identity, gzip"]) {
    const answer = await chat(gateway, {}, { "content-encoding": encoding });
    assertEquals([answer.status, errorOf(answer).code], [415, "2102"], encoding);
  }
  assertEquals((await chat(gateway, {}, { "content-encoding": "identity" })).status, 200);
});

test("a body that breaks off is the caller's fault, and no defect is reported", async () => {
  const { error: log } = console;
  let said = "";
  console.error = (text: string) => void (said += text);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const { gateway } = recorded();
  try {
    const init = { method: "POST", body: broken, duplex: "half" };
    const answer = await gateway.fetch(new Request("http://localhost/v1/chat/completions", init));
    assertEquals(answer.status, 400);
  } finally {
    console.error = log;
  }
  assertFalse(said.includes("defect"), said);
});
