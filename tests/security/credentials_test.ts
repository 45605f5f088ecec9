/** Cases 9, 13, 14, 15 and 43: keys, and headers in both directions. */
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { chat, errorOf, goodAnswer, recorded, recorder } from "../support/recorder.ts";

const ACCESS = "ak-canary-0123456789abcdef";
const OTHER = "ak-other-0123456789abcdef";
const LOCKED = {
  gateways: { default: { accessKeys: [ACCESS] }, second: { accessKeys: [OTHER] } },
};
const bearer = (key: string) => `Bearer ${key}`;

const basic = (key: string) => `Basic ${btoa(`user:${key}`)}`;

/** Every place a credential may stand in, and every way to write it there. */
const POSITIONS: readonly (readonly [name: string, write: (key: string) => string])[] = [
  ["authorization", bearer],
  ["authorization", (key) => `bearer   ${key}`],
  ["authorization", (key) => `Token ${key}`],
  ["authorization", (key) => `Key ${key}`],
  ["authorization", (key) => `Api-Key ${key}`],
  ["authorization", (key) => key],
  ["x-api-key", (key) => key],
  ["x-api-key", bearer],
  ["x-goog-api-key", (key) => key],
  ["api-key", (key) => key],
  ["xi-api-key", (key) => key],
  ["?key", (key) => key],
];

/** Ways that nobody should use, and that must not leak either. */
const STRANGE: typeof POSITIONS = [
  ["authorization", (key) => `Custom ${key}`],
  ["authorization", (key) => `Bearer Bearer ${key}`],
  ["authorization", (key) => `Bearer sk-mine, Bearer ${key}`],
  ["authorization", (key) => `Bearer ${key}, Bearer sk-mine`],
  ["authorization", (key) => `${key},`],
  ["authorization", basic],
  ["x-api-key", (key) => `sk-mine, ${key}`],
  ["?key", (key) => `Bearer ${key} `],
];

function request(name: string, value: string): [headers: Record<string, string>, path: string] {
  if (name !== "?key") return [{ [name]: value }, "/v1/chat/completions"];
  return [{}, `/v1/chat/completions?key=${encodeURIComponent(value)}`];
}

test("case 43: an access key opens the gateway in every position, and reaches no provider", async () => {
  const { gateway, sent } = recorded(LOCKED);
  for (const [name, write] of POSITIONS) {
    const [headers, path] = request(name, write(ACCESS));
    const answer = await chat(gateway, {}, headers, path);
    assertEquals(answer.status, 200, `${name}: ${write("K")}: ${answer.text}`);
    const call = JSON.stringify(sent.pop());
    assertFalse(call.includes("canary"), call);
    assertStringIncludes(call, "Bearer sk-stored-openai");
  }
});

test("case 43: beside the header meant for it, an access key is still taken out everywhere", async () => {
  const { gateway, sent } = recorded(LOCKED);
  for (const key of [ACCESS, OTHER]) {
    for (const [name, write] of [...POSITIONS, ...STRANGE]) {
      const [headers, path] = request(name, write(key));
      const all = { ...headers, "cf-aig-authorization": bearer(ACCESS) };
      const answer = await chat(gateway, {}, all, path);
      assertEquals(answer.status, 200, answer.text);
      const call = sent.pop()!;
      const text = JSON.stringify(call);
      assertFalse(text.includes(key) || text.includes(btoa(`user:${key}`)), `${name}: ${text}`);
      assertEquals(call.headers.authorization, bearer("sk-stored-openai"), write("K"));
    }
  }
});

test("case 43: two credentials, one of them an access key, leave the other as the provider's", async () => {
  const { gateway, sent } = recorded(LOCKED);
  for (
    const [mine, theirs] of [["authorization", "x-api-key"], ["x-api-key", "api-key"]] as const
  ) {
    const answer = await chat(gateway, {}, { [mine]: ACCESS, [theirs]: "sk-mine" });
    assertEquals(answer.status, 200, answer.text);
    assertEquals(sent.pop()?.headers.authorization, bearer("sk-mine"));
  }
});

test("case 43: an open gateway beside a locked one does not forward the locked one's key", async () => {
  const { gateway, sent } = recorded({
    gateways: { default: { open: true }, second: { accessKeys: [OTHER] } },
  });
  for (const [name, write] of [...POSITIONS, ...STRANGE]) {
    const [headers, path] = request(name, write(OTHER));
    assertEquals((await chat(gateway, {}, headers, path)).status, 200);
    assertFalse(JSON.stringify(sent.pop()).includes(OTHER), name);
  }
});

test("case 9: keys are told apart by their whole digest", async () => {
  const digest = sha256Hex("ak-by-digest-0123456789");
  const { gateway, sent } = recorded({
    gateways: { default: { accessKeys: [ACCESS, { name: "d", digest: digest.toUpperCase() }] } },
  });
  const last = ACCESS.slice(0, -1);
  for (
    const wrong of [
      last,
      `${ACCESS}0`,
      `${last}e`,
      ACCESS.toUpperCase(),
      digest,
      ACCESS.slice(0, 20),
    ]
  ) {
    const answer = await chat(gateway, {}, { "cf-aig-authorization": bearer(wrong) });
    assertEquals([answer.status, errorOf(answer).code], [401, "2009"], wrong);
    assertFalse(answer.text.includes(wrong));
  }
  assertEquals(sent.length, 0);
  for (const right of [ACCESS, "ak-by-digest-0123456789"]) {
    const answer = await chat(gateway, {}, { "cf-aig-authorization": bearer(right) });
    assertEquals(answer.status, 200, right);
  }
});

const FORBIDDEN_UPSTREAM = [
  "cookie",
  "cf-aig-authorization",
  "cf-aig-metadata",
  "cf-connecting-ip",
  "cf-ray",
  "dragoman-strict",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "forwarded",
  "proxy-authorization",
  "proxy-connection",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "origin",
  "referer",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "xi-api-key",
  "x-amz-security-token",
  "x-vercel-id",
  "user-agent",
  "accept-language",
];

/** Headers a web `Request` would drop; a gateway sees them all. */
function requestWith(headers: Record<string, string>): Request {
  const body = JSON.stringify({ model: "openai/m", messages: [] });
  const request = new Request("http://localhost/v1/chat/completions", { method: "POST", body });
  const all = new Map(Object.entries(headers));
  return new Proxy(request, {
    get(target, name) {
      if (name === "headers") return { get: (key: string) => all.get(key.toLowerCase()) ?? null };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("cases 13 and 14: of the caller's headers only the listed ones reach a provider", async () => {
  const { fetch, sent } = recorder();
  const gateway = createGateway({ fetch, providers: { openai: { apiKey: "sk-stored" } } });
  const headers: Record<string, string> = { authorization: "Bearer sk-mine" };
  for (const name of FORBIDDEN_UPSTREAM) headers[name] = `canary-${name}`;
  headers["dragoman-strict"] = "true";
  headers["cf-aig-metadata"] = '{"user":"canary"}';
  const allowed = ["traceparent", "tracestate", "idempotency-key", "openai-organization"];
  for (const name of allowed) headers[name] = `pass-${name}`;
  // An open gateway refuses pages of another origin; this one comes without.
  delete headers.origin;
  const answer = await gateway.fetch(requestWith(headers));
  assertEquals(answer.status, 200, await answer.text());
  const [call] = sent;
  assertFalse(JSON.stringify(call).includes("canary"), JSON.stringify(call));
  const names = ["accept", "authorization", "content-type", "user-agent", "via"];
  assertEquals(Object.keys(call!.headers).sort(), [...names, ...allowed].sort());
  for (const name of allowed) assertEquals(call!.headers[name], `pass-${name}`);
  assertEquals(call!.redirect, "manual");
});

const FORBIDDEN_BACK = [
  "set-cookie",
  "authorization",
  "x-api-key",
  "api-key",
  "www-authenticate",
  "proxy-authenticate",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-encoding",
  "content-length",
  "trailer",
  "upgrade",
  "alt-svc",
  "server",
  "location",
  "access-control-allow-origin",
  "strict-transport-security",
  "clear-site-data",
  "cf-aig-log-id",
  "cf-aig-provider",
  "dragoman-error-source",
  "openai-organization",
];

test("cases 13 and 14: of the provider's headers only the listed ones reach the caller", async () => {
  const passed = ["retry-after", "x-ratelimit-remaining-requests", "ratelimit-reset"];
  for (const status of [200, 400]) {
    for (const stream of [false, true]) {
      const { gateway } = recorded({}, (init) => {
        const { body, headers } = goodAnswer(init);
        const answer = status === 200 ? { body, headers } : { body: "{}", headers: new Headers() };
        const all = FORBIDDEN_BACK.map((name) => [name, `canary-${name}`] as const);
        const pass = passed.map((name) => [name, `pass-${name}`] as const);
        const list = [...answer.headers, ...all, ...pass];
        const reader = new Map(list);
        // A web `Response` would drop some of these itself.
        return Object.defineProperty(new Response(answer.body, { status }), "headers", {
          value: {
            get: (name: string) => reader.get(name) ?? null,
            [Symbol.iterator]: () => list.values(),
          },
        });
      });
      const answer = await chat(gateway, { stream });
      assertEquals(answer.status, status, answer.text);
      const all = JSON.stringify([...answer.headers]);
      assertFalse(all.includes("canary"), all);
      for (const name of passed) assertEquals(answer.headers.get(name), `pass-${name}`);
    }
  }
});

test("case 13: no answer, health check or page shows a key of any kind", async () => {
  const { gateway } = recorded(LOCKED);
  const paths = [
    "/",
    "/health",
    "/ready",
    "/v1/models",
    "/v1/files",
    "/nothing",
    "/v1/a/b/openai/x",
  ];
  for (const path of paths) {
    for (
      const headers of [new Headers(), new Headers({ "cf-aig-authorization": bearer(ACCESS) })]
    ) {
      const answer = await gateway.fetch(new Request(`http://localhost${path}`, { headers }));
      const all = JSON.stringify([...answer.headers]) + await answer.text();
      assertFalse(/canary|sk-stored|ak-other/.test(all), all);
    }
  }
});

test("case 15: a key that no header can carry is the caller's mistake, said without quoting it", async () => {
  const { gateway, sent } = recorded();
  for (
    const bad of ["sk-\r\nx-evil: 1", "sk-\0", "sk-\u2028x", "sk-€", "sk-\ud83d\ude00", "sk-\x7f"]
  ) {
    const [headers, path] = request("?key", bad);
    const answer = await chat(gateway, {}, headers, path);
    assertEquals([answer.status, errorOf(answer).code], [400, "2107"], JSON.stringify(bad));
    assertFalse(answer.text.includes("evil"));
  }
  assertEquals(sent.length, 0);
});

test("case 15: headers that are echoed or read are refused where they could not be written again", async () => {
  const { gateway } = recorded();
  for (const name of ["cf-aig-event-id", "cf-aig-byok-alias"]) {
    const answer = await chat(gateway, {}, { [name]: "caf\u00e9" });
    assertEquals([answer.status, errorOf(answer).param], [400, name]);
    assertEquals(answer.headers.get("cf-aig-event-id"), null);
  }
});
