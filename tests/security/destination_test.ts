/** Cases 1, 3 and 4: where a key goes is the operator's choice alone. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { FakeUpstream } from "../support/fake_upstream.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";
import { openaiTongue } from "../support/tongues.ts";
import { inProcess, throughDoor } from "../support/ways.ts";

const EVIL = "http://evil.example/v1";
const CONFIGURED = "https://api.openai.com/v1/chat/completions";

const MEMBERS = [
  "base_url",
  "baseUrl",
  "baseURL",
  "api_base",
  "endpoint",
  "host",
  "url",
  "proxy",
  "azure_endpoint",
  "custom_host",
  "callback_url",
];
const CONTAINERS = [
  "user_config",
  "provider_options",
  "extra_body",
  "metadata",
  "openai",
  "config",
];
const HEADERS = [
  "x-portkey-custom-host",
  "x-openai-host",
  "x-custom-host",
  "x-forwarded-host",
  "x-forwarded-server",
  "x-original-url",
  "x-rewrite-url",
  "x-base-url",
  "cf-aig-custom-host",
  "dragoman-base-url",
  "forwarded",
  "origin-url",
];

test("case 1: no member of a body moves a call, at any depth", async () => {
  const { gateway, sent } = recorded();
  for (const name of MEMBERS) {
    await chat(gateway, { [name]: EVIL });
    for (const container of CONTAINERS) {
      await chat(gateway, { [container]: { [name]: EVIL, model_list: [{ [name]: EVIL }] } });
    }
  }
  assertEquals(sent.length, MEMBERS.length * (1 + CONTAINERS.length));
  assertEquals(new Set(sent.map(({ url }) => url)), new Set([CONFIGURED]));
});

test("case 1: no header and no query moves a call, or is passed on", async () => {
  const { gateway, sent } = recorded();
  for (const name of HEADERS) await chat(gateway, {}, { [name]: EVIL });
  for (const name of MEMBERS) {
    await chat(gateway, {}, {}, `/v1/chat/completions?${name}=${encodeURIComponent(EVIL)}`);
  }
  assertEquals(sent.length, HEADERS.length + MEMBERS.length);
  for (const { url, headers } of sent) {
    assertEquals(url, CONFIGURED);
    assertFalse(JSON.stringify(headers).includes("evil"), JSON.stringify(headers));
  }
});

for (const makeWay of [inProcess, throughDoor]) {
  const { name } = makeWay();
  test(`case 3: ${name}, no redirect is followed, with or without the key`, async () => {
    const way = makeWay();
    const upstream = await FakeUpstream.start();
    const evil = upstream.scene((visit) => visit.reply(200, {}, openaiTongue.whole));
    for (const status of [301, 302, 303, 307, 308]) {
      for (
        const location of [`${evil.url}/v1/x`, "/scene-1/v1/x", "//evil.example", "javascript:1"]
      ) {
        const scene = upstream.scene((visit) => visit.reply(status, { location }, ""));
        await way.open({ providers: { openai: { apiKey: "sk-canary", baseUrl: scene.url } } });
        for (const stream of [false, true]) {
          const body = JSON.stringify({ model: "openai/m", stream, messages: [] });
          const answer = await way.fetch("/v1/chat/completions", { method: "POST", body });
          assertEquals(answer.status, 502);
          assertEquals(answer.headers.get("location"), null);
          assertStringIncludes(await answer.text(), `redirect (${status})`);
        }
        assertEquals(scene.visits.length, 2);
      }
    }
    assertEquals(evil.visits.length, 0);
    await way.close();
    await upstream.close();
  });
}

const NASTY = [
  "../../v1/files",
  "..%2f..%2fv1%2ffiles",
  "%2e%2e/%2e%2e/files",
  "/evil.example/x",
  "//evil.example",
  "\\\\evil.example\\x",
  "m?api-version=1",
  "m#fragment",
  "m\r\nx-evil: 1",
  "m\u0000",
  "m\u2028",
  "@evil.example",
  "m:443",
  "é",
  "😀",
  "\ud800",
  "x".repeat(10_000),
];

test("case 4: a model's name never leaves the body, whatever it holds", async () => {
  const { gateway, sent } = recorded();
  for (const model of NASTY) {
    for (const stream of [false, true]) {
      const answer = await chat(gateway, { model: `openai/${model}`, stream });
      const call = sent.pop();
      assertEquals(answer.status, 200, `${JSON.stringify(model)}: ${answer.text}`);
      assertEquals(call?.url, CONFIGURED);
      assertEquals(call?.body.model, model);
      const echoed = answer.headers.get("cf-aig-model") ?? "";
      assert(/^[\x21-\x7e]{1,256}$/.test(echoed), echoed);
    }
  }
});

test("case 4: on Vertex, where it is a step of the path, it stays one", async () => {
  const base = "https://aiplatform.googleapis.com/v1/projects/p/locations/global/";
  const { gateway, sent } = recorded({
    providers: { "google-vertex-ai": { apiKey: "t", project: "p" } },
  });
  for (
    const publisher of [
      "",
      "google/",
      "anthropic/",
      "mistralai/",
      "meta/",
      "projects/",
      "endpoints/",
    ]
  ) {
    for (const model of [...NASTY, "..", ".", "a/../../b"]) {
      const answer = await chat(gateway, { model: `vertex/${publisher}${model}` });
      const call = sent.pop();
      // What no path can hold is refused; anything else goes below the project, as it was written.
      if (call === undefined) {
        assertEquals([answer.status, errorOf(answer).param], [400, "model"], answer.text);
        continue;
      }
      assertEquals(new URL(call.url).href, call.url, JSON.stringify(model));
      assert(call.url.startsWith(base), call.url);
      assertEquals(new URL(call.url).search + new URL(call.url).hash, "");
    }
  }
});

test("case 4: a prefix that is a path, an address or a prototype's name is unknown", async () => {
  const { gateway, sent } = recorded();
  const prefixes = [
    "..",
    "%2e%2e",
    "http:",
    "evil.example",
    "__proto__",
    "constructor",
    "toString",
  ];
  for (const prefix of [...prefixes, "custom-evil", "OPENAI", " openai", "openai\n"]) {
    const answer = await chat(gateway, { model: `${prefix}/m` });
    assertEquals([answer.status, errorOf(answer).code], [400, "2008"], prefix);
  }
  assertEquals(sent.length, 0);
});

test("case 4: a long model name is not thrown back at its caller", async () => {
  const { gateway } = recorded();
  for (
    const model of [
      "x".repeat(100_000),
      `${"x".repeat(100_000)}/m`,
      `dynamic/${"x".repeat(100_000)}`,
    ]
  ) {
    const answer = await chat(gateway, { model });
    assert(answer.status >= 400 && answer.text.length < 5000, `${answer.text.length} characters`);
  }
});
