/** Cases 26, 27, 30 and 44: bodies and configurations made to hurt. */
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";
import { toy } from "../support/toy_codec.ts";

/** Generous for a busy machine, and far below what quadratic work would take. */
const BOUND = 4000;

const nest = (depth: number, open: string, close: string, inside = "") =>
  open.repeat(depth) + inside + close.repeat(depth);

const withMember = (name: string, json: string) =>
  `{"model":"openai/m","messages":[{"role":"user","content":"x"}],"${name}":${json}}`;

const tool = (name: string, parameters: object) => ({
  type: "function",
  function: { name, parameters },
});
const repeated = (count: number, value: string) => `[${Array(count).fill(value).join(",")}]`;

const BOMBS: readonly (readonly [name: string, body: () => string, status: number])[] = [
  ["arrays 100,000 deep", () => withMember("x", nest(100_000, "[", "]")), 400],
  ["objects 100,000 deep", () => withMember("x", nest(100_000, '{"a":', "}", "1")), 400],
  ["arrays that never end", () => withMember("x", "[".repeat(1_000_000)), 400],
  ["200,000 top-level keys", () => {
    const keys = Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join(",");
    return `{"model":"openai/m","messages":[],${keys}}`;
  }, 200],
  ["one million numbers", () => withMember("x", repeated(1_000_000, "1")), 200],
  ["100,000 messages", () => {
    const messages = repeated(100_000, '{"role":"user","content":"x"}');
    return `{"model":"openai/m","messages":${messages}}`;
  }, 200],
  ["10,000 tools", () => {
    const tools = Array.from({ length: 10_000 }, (_, i) => tool(`t${i}`, { type: "object" }));
    return withMember("tools", JSON.stringify(tools));
  }, 200],
  ["a tool schema of 1 MB", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 25_000 }, (_, i) => [`property_${i}`, { type: "string" }]),
    );
    return withMember("tools", JSON.stringify([tool("t", { type: "object", properties })]));
  }, 200],
  ["a schema that contains itself", () => {
    const node = { $ref: "#/$defs/node", $defs: { node: { $ref: "#/$defs/node" } } };
    return withMember("tools", JSON.stringify([tool("t", node)]));
  }, 200],
  ["15 MB of backslashes", () => withMember("x", `"${"\\".repeat(15_000_000)}"`), 200],
  ["15 MB of escaped quotes", () => withMember("x", `"${'\\"'.repeat(7_500_000)}"`), 200],
  ["15 MB with one escaped backslash", () => withMember("x", `"\\\\x${"a".repeat(15e6)}"`), 200],
  ["15 MB with a bad escape at the end", () => withMember("x", `"${"a".repeat(15e6)}\\x"`), 400],
  ["15 MB of an unfinished string", () => withMember("x", `"${"a".repeat(15e6)}`), 400],
  ["15 MB of spaces", () => withMember("x", " ".repeat(15e6) + "1"), 200],
  ["a number of one million digits", () => withMember("x", "1".repeat(1_000_000)), 200],
];

for (const [name, body, status] of BOMBS) {
  for (const slug of ["openai", "toy"]) {
    test(`case 27: ${name} take bounded time (${slug})`, async () => {
      const providers = { toy: { definition: toy, apiKey: "k", baseUrl: "http://toy.example" } };
      const { gateway } = recorded(
        { providers },
        () =>
          slug === "openai"
            ? new Response('{"choices":[]}', { headers: { "content-type": "application/json" } })
            : new Response('{"say":"x"}\n{"done":{"why":"end","read":1,"wrote":1}}\n'),
      );
      const text = body().replace("openai/m", `${slug}/m`);
      const before = performance.now();
      const answer = await chat(gateway, text);
      const took = performance.now() - before;
      assertEquals(answer.status, status, answer.text.slice(0, 300));
      assert(took < BOUND, `took ${took} ms`);
    });
  }
}

test("case 26: a body over the limit is refused before it is parsed, with and without its length", async () => {
  const { gateway, sent } = recorded({ bodyLimit: 1000 });
  for (const size of [1001, 100_000]) {
    const answer = await chat(gateway, "x".repeat(size));
    assertEquals([answer.status, errorOf(answer).code], [413, "2101"]);
  }
  for (const claimed of ["5", "x", "-1"]) {
    const answer = await chat(gateway, "x".repeat(1001), { "content-length": claimed });
    assertEquals([answer.status, errorOf(answer).code], [413, "2101"], claimed);
  }
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(500).fill(0x20));
    },
  }, { highWaterMark: 0 });
  const init = { method: "POST", body: endless, duplex: "half" };
  const answer = await gateway.fetch(new Request("http://localhost/v1/chat/completions", init));
  assertEquals(answer.status, 413);
  assert(pulled < 10, `${pulled} pieces were read`);
  assertEquals(sent.length, 0);
});

const SNEAKY = [
  '{"model":"openai/allowed","model":"openai/forbidden","messages":[]}',
  '{"model":"openai/allowed","m\\u006fdel":"openai/forbidden","messages":[]}',
  '{"m\\u006fdel":"openai/forbidden","messages":[]}',
  '{"model":"openai/m","messages":[],"stream":false,"stream":true}',
  '{"model":"openai/m","messages":[],"str\\u0065am":true}',
  '{"model":"openai/m","messages":[],"messages":[{"role":"user","content":"x"}]}',
  '{"model":"openai/m","messages":[],"a\\u0000":1}',
  '{"model":"openai/m","messages":[],}',
  '{"model":"openai/m","messages":[]}{"model":"openai/x"}',
  '{"model":"openai/m","messages":[]} x',
  "{'model':'openai/m','messages':[]}",
  '{model:"openai/m","messages":[]}',
  '{"model":"openai/m","messages":[],"x":NaN}',
  '{"model":"openai/m","messages":[],"x":01}',
  '{"model":"openai/m","messages":[],"x":+1}',
  '{"model":"openai/m","messages":[],"x":1.}',
  '{"model":"openai/m","messages":[],"x":"\n"}',
  '{"model":"openai/m","messages":[],/* */"x":1}',
  '[{"model":"openai/m","messages":[]}]',
  '"openai/m"',
  "null",
  "",
  " ",
];

test("case 44: a body that two readers could read in two ways is 400, and reaches nobody", async () => {
  const { gateway, sent } = recorded();
  for (const text of SNEAKY) {
    const answer = await chat(gateway, text);
    assertEquals([answer.status, errorOf(answer).code], [400, "2100"], text);
  }
  const bytes = new Uint8Array([
    ...new TextEncoder().encode('{"model":"openai/'),
    0xff,
    0x22,
    0x7d,
  ]);
  const init = { method: "POST", body: bytes };
  const answer = await gateway.fetch(new Request("http://localhost/v1/chat/completions", init));
  assertEquals(answer.status, 400);
  assertEquals(sent.length, 0);
});

test("a replacement character that the caller wrote himself is text like any other", async () => {
  const { gateway, sent } = recorded();
  const content = "before \ufffd after";
  const answer = await chat(gateway, {
    model: "openai/m",
    messages: [{ role: "user", content }],
  });
  assertEquals(answer.status, 200);
  assertEquals(sent[0]?.body.messages, [{ role: "user", content }]);
});

test("case 44: values of the wrong type are 400 and name the parameter", async () => {
  const { gateway, sent } = recorded();
  const wrong: [string, unknown][] = [
    ["model", 1],
    ["model", ["openai/m", "openai/x"]],
    ["model", ""],
    ["model", null],
    ["messages", "hello"],
    ["messages", {}],
    ["stream", "true"],
    ["stream", 1],
    ["stream_options", "x"],
  ];
  for (const [name, value] of wrong) {
    const answer = await chat(gateway, { stream: true, [name]: value });
    assertEquals([answer.status, errorOf(answer).param], [400, name], JSON.stringify(value));
  }
  assertEquals(sent.length, 0);
});

const POISON = '{"polluted":true,"open":true,"isAdmin":true}';

function assertClean(): void {
  const plain = {} as Record<string, unknown>;
  assertFalse("polluted" in plain || "open" in plain || "isAdmin" in plain);
  assertFalse("polluted" in ([] as unknown as object));
}

test("case 30: keys named like prototypes in a body change nothing", async () => {
  const providers = { toy: { definition: toy, apiKey: "k", baseUrl: "http://toy.example" } };
  for (const slug of ["openai", "ollama", "toy"]) {
    for (const key of ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]) {
      const { gateway } = recorded({ providers });
      for (const json of [POISON, `{"prototype":${POISON}}`, "null", "1"]) {
        const text = `{"${key}":${json},"model":"${slug}/m","metadata":{"${key}":${json}},` +
          `"messages":[{"role":"user","content":"x","${key}":${json}}],` +
          `"tools":[{"type":"function","function":{"name":"f","parameters":{"${key}":${json}}}}]}`;
        const answer = await chat(gateway, text);
        assert(answer.status < 500 || slug === "toy", `${text}: ${answer.text}`);
        assertFalse(answer.text.includes("2115"), `${slug}: ${text}`);
        assertClean();
      }
    }
  }
});

test("case 30: keys named like prototypes in an answer or a stream change nothing", async () => {
  const chunk = (key: string) =>
    `{"${key}":${POISON},"id":"1","choices":[{"index":0,"${key}":${POISON},` +
    `"delta":{"content":"x","${key}":${POISON}},"message":{"content":"x","${key}":${POISON}},` +
    `"finish_reason":"stop"}],"usage":{"${key}":${POISON}}}`;
  for (const slug of ["openai", "ollama"]) {
    for (const key of ["__proto__", "constructor"]) {
      for (const stream of [false, true]) {
        const { gateway } = recorded(
          {},
          () =>
            stream
              ? new Response(`data: ${chunk(key)}\n\ndata: [DONE]\n\n`, {
                headers: { "content-type": "text/event-stream" },
              })
              : new Response(chunk(key)),
        );
        const answer = await chat(gateway, { model: `${slug}/m`, stream });
        assertEquals(answer.status, 200, answer.text);
        assertClean();
      }
    }
  }
});

test("case 30: keys named like prototypes in a configuration are refused", () => {
  const places = [
    (key: string) => `{"${key}":${POISON}}`,
    (key: string) => `{"providers":{"${key}":{"apiKey":"k"}}}`,
    (key: string) => `{"providers":{"openai":{"${key}":${POISON}}}}`,
    (key: string) => `{"gateways":{"default":{"${key}":${POISON}}}}`,
    (key: string) => `{"gateways":{"default":{"timeouts":{"${key}":1}}}}`,
  ];
  for (const key of ["__proto__", "constructor", "toString"]) {
    for (const place of places) {
      const options = JSON.parse(place(key)) as GatewayOptions;
      assertThrows(() => createGateway(options), GatewayError, key);
      assertClean();
    }
  }
  // Such a route is a name like any other.
  const routes = JSON.parse('{"__proto__":"openai/m","constructor":"openai/m"}') as Record<
    string,
    string
  >;
  createGateway({ gateways: { default: { routes } } });
  assertClean();
});

test("case 30: a model or gateway named like a prototype's member is simply unknown", async () => {
  const { gateway } = recorded();
  for (const name of ["__proto__", "constructor", "toString", "valueOf"]) {
    assertEquals((await chat(gateway, { model: `dynamic/${name}` })).status, 404, name);
    assertEquals((await chat(gateway, { model: name })).status, 400, name);
    const path = `/v1/account/${name}/compat/chat/completions`;
    assertEquals(errorOf(await chat(gateway, {}, {}, path)).code, "2001", name);
  }
});
