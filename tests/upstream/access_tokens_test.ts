/** The life of access tokens: how often one is asked for, how long it is shown, and what happens when none comes. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { textBody } from "../../lib/fetch_like.ts";
import { sha256Hex } from "../../lib/digest.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { TokenCache } from "../../lib/upstream/token_cache.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { accountText, EMAIL, Google, KEY_LINE } from "../support/google.ts";
import { silent } from "../support/silent.ts";
import { chat, errorOf, type Got } from "../support/recorder.ts";
import { until } from "../support/waiting.ts";

const MODEL = "vertex/google/gemini-2.5-flash";
const MINUTE = 60_000;

interface Scene {
  google: Google;
  clock: FakeClock;
  gateway: Gateway;
  ask(headers?: HeadersInit): Promise<Got>;
}

function scene(options: GatewayOptions = {}, google = new Google()): Scene {
  const clock = new FakeClock();
  const gateway = createGateway({
    providers: { "google-vertex-ai": { apiKey: accountText() } },
    ...options,
    fetch: google.fetch,
    clock,
  });
  return { google, clock, gateway, ask: (headers) => chat(gateway, { model: MODEL }, headers) };
}

/** A key is signed with first, which takes as long as it takes. */
const exchanging = ({ exchanges }: Google) =>
  until(() => exchanges.length === 1, "a token is asked for", 10_000);

/** What a caller who may leave is answered. */
function askUntil({ gateway }: Scene, signal: AbortSignal): Promise<number> {
  const body = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "Hi" }] });
  const request = new Request("http://localhost/v1/chat/completions", {
    method: "POST",
    body,
    signal,
  });
  return gateway.fetch(request).then(({ status }) => status);
}

test("one token serves call after call, and every gateway has its own", async () => {
  const { google, ask } = scene();
  for (let i = 0; i < 3; i++) assertEquals((await ask()).status, 200);
  assertEquals([google.exchanges.length, google.calls.length], [1, 3]);
  await scene({}, google).ask();
  assertEquals(google.exchanges.length, 2);
});

test("a hundred calls at once share one exchange", async () => {
  const { google, ask } = scene();
  const all = await Promise.all(Array.from({ length: 100 }, () => ask()));
  assertEquals(new Set(all.map(({ status }) => status)), new Set([200]));
  assertEquals([google.exchanges.length, google.calls.length], [1, 100]);
});

test("keys are told apart by all of their text, so nobody gets a token by a name alone", async () => {
  const { google, ask } = scene({ providers: {} });
  const key = (more: object) => ({ authorization: `Bearer ${btoa(accountText({ ...more }))}` });
  await ask(key({}));
  google.token = () => Response.json({ error: "invalid_grant" }, { status: 400 });
  assertEquals((await ask(key({}))).status, 200);
  const other = await ask(key({ private_key_id: "0123abcd", client_id: "somebody else" }));
  assertEquals([other.status, errorOf(other).code], [401, "2118"]);
  assertEquals(google.calls.length, 2);
});

test("a token is replaced in good time, while it is still shown", async () => {
  const { google, clock, ask } = scene();
  await ask();
  await clock.advance(54 * MINUTE);
  await ask();
  assertEquals(google.exchanges.length, 1);
  await clock.advance(2 * MINUTE);
  await ask();
  await settled();
  await ask();
  assertEquals(google.shown, ["ya29.1", "ya29.1", "ya29.1", "ya29.2"].map((t) => `Bearer ${t}`));
  assertEquals(google.exchanges.length, 2);
});

test("one that ends within the minute is not shown any more, since clocks differ", async () => {
  const { google, clock, ask } = scene();
  await ask();
  await clock.advance(59 * MINUTE);
  await ask();
  assertEquals(google.shown, ["Bearer ya29.1", "Bearer ya29.2"]);
});

test("an endpoint that fails while there is still a token disturbs nobody", async () => {
  const { google, clock, ask } = scene();
  await ask();
  google.token = () => new Response("", { status: 503 });
  await clock.advance(56 * MINUTE);
  for (let i = 0; i < 3; i++) assertEquals((await ask()).status, 200);
  await clock.advance(4 * MINUTE);
  assertEquals((await ask()).status, 502);
});

test("tokens of a short life, or of an unknown one, are still shown more than once", async () => {
  for (
    const [expires_in, first, last] of [[10, 8, 3], ["30", 20, 12], [undefined, 200, 80]] as const
  ) {
    const { google, clock, ask } = scene();
    google.token = (_, count) => Response.json({ access_token: `t${count}`, expires_in });
    await ask();
    await clock.advance(first * 1000);
    await ask();
    await settled();
    assertEquals(google.shown, ["Bearer t1", "Bearer t1"], String(expires_in));
    await clock.advance(last * 1000);
    await ask();
    assertFalse(google.shown[2] === "Bearer t1", String(expires_in));
  }
});

const refused = () => Response.json({ error: { code: 401, message: "expired" } }, { status: 401 });

test("a token that Vertex refuses is replaced once", async () => {
  const { google, ask } = scene();
  google.call = (_, count) => count === 1 ? refused() : new Google().call(_, count);
  assertEquals((await ask()).status, 200);
  assertEquals(google.shown, ["Bearer ya29.1", "Bearer ya29.2"]);
  assertEquals((await ask()).status, 200);
  assertEquals(google.exchanges.length, 2);
});

test("a second refusal is told, and for a minute no other token is asked for", async () => {
  const { google, clock, ask } = scene();
  google.call = refused;
  for (let i = 0; i < 5; i++) assertEquals((await ask()).status, 401);
  assertEquals([google.exchanges.length, google.calls.length], [2, 6]);
  await clock.advance(MINUTE);
  assertEquals((await ask()).status, 401);
  assertEquals([google.exchanges.length, google.calls.length], [3, 8]);
});

test("many calls that are refused together share the replacement", async () => {
  const { google, ask } = scene();
  await ask();
  let refuseAll = () => {};
  const together = new Promise<void>((resolve) => refuseAll = resolve);
  google.call = async (init, count) => {
    if (count === 51) refuseAll();
    if (init.headers.authorization !== "Bearer ya29.1") return new Google().call(init, count);
    await together;
    return refused();
  };
  const all = await Promise.all(Array.from({ length: 50 }, () => ask()));
  assertEquals(new Set(all.map(({ status }) => status)), new Set([200]));
  assertEquals([google.exchanges.length, google.calls.length], [2, 101]);
});

test("other refusals replace nothing", async () => {
  const { google, ask } = scene();
  for (const status of [400, 403, 404, 429, 500]) {
    google.call = () => Response.json({ error: { code: status, message: "no" } }, { status });
    assertEquals((await ask()).status, status);
  }
  assertEquals([google.exchanges.length, google.calls.length], [1, 5]);
});

test("a caller who leaves takes nobody along, and the last one ends the exchange", async () => {
  const there = scene();
  const { google } = there;
  let give = () => {};
  google.token = (init) =>
    new Promise((resolve, reject) => {
      init.signal.addEventListener("abort", () => reject(init.signal.reason));
      give = () => resolve(Response.json({ access_token: "late", expires_in: 3600 }));
    });
  const leaving = new AbortController();
  const first = askUntil(there, leaving.signal);
  await exchanging(google);
  const second = there.ask();
  await settled();
  leaving.abort();
  assertEquals(await first, 499);
  give();
  assertEquals([(await second).status, google.shown], [200, ["Bearer late"]]);
  assertEquals(google.exchanges.length, 1);

  const alone = scene();
  alone.google.token = silent;
  const only = new AbortController();
  const answer = askUntil(alone, only.signal);
  await exchanging(alone.google);
  assertFalse(alone.google.exchanges[0]!.init.signal.aborted);
  only.abort();
  assertEquals(await answer, 499);
  assert(alone.google.exchanges[0]!.init.signal.aborted);
  assertEquals([alone.google.calls.length, alone.clock.waiting], [0, 0]);
});

test("an endpoint that stays silent costs half a minute, the next call asks anew", async () => {
  const { google, clock, ask } = scene();
  google.token = silent;
  const late = ask();
  await exchanging(google);
  await clock.advance(30_000);
  const got = await late;
  assertEquals([got.status, errorOf(got).code], [504, "2110"]);
  assertStringIncludes(errorOf(got).message, "google-vertex-ai: no access token within 30000 ms");
  assertEquals(clock.waiting, 0);
  google.token = new Google().token;
  assertEquals((await ask()).status, 200);
});

test("a caller's own time limit holds while a token is awaited", async () => {
  const { google, clock, ask } = scene();
  google.token = silent;
  const late = ask({ "cf-aig-request-timeout": "1000" });
  await clock.advance(1000);
  assertEquals(errorOf(await late).code, "2110");
  assertEquals([google.calls.length, clock.waiting], [0, 0]);
});

/** What becomes of one answer of the endpoint. */
async function failing(answer: () => Response | Promise<Response>) {
  const there = scene({ gateways: { default: { retry: { attempts: 2, delay: 0 } } } });
  there.google.token = answer;
  let got: Got | undefined;
  there.ask().then((answer) => got = answer);
  // Signing takes as long as it takes, and only then the pause before the second try begins.
  while (got === undefined) await there.clock.advance(1);
  assertEquals(there.google.calls.length, 0);
  const { code, message, type } = errorOf(got);
  return { status: got.status, code, type, message, exchanges: there.google.exchanges.length };
}

test("a key that is refused is a 401 that says why, and is not tried again", async () => {
  const error = { error: "invalid_grant", error_description: "Invalid JWT Signature." };
  assertEquals(await failing(() => Response.json(error, { status: 400 })), {
    status: 401,
    code: "2118",
    type: "authentication_error",
    message:
      "The key for google-vertex-ai was given no access token: invalid_grant (Invalid JWT Signature.)",
    exchanges: 1,
  });
  const bare = await failing(() =>
    Response.json({ error: "unauthorized_client" }, { status: 401 })
  );
  assertEquals([bare.status, bare.exchanges], [401, 1]);
  assertStringIncludes(bare.message, "unauthorized_client");
});

test("a clock that is wrong is named", async () => {
  const answer = (date: number) => () =>
    Response.json({ error: "invalid_grant", error_description: "Invalid JWT" }, {
      status: 400,
      headers: { date: new Date(date).toUTCString() },
    });
  const now = Date.UTC(2026, 0, 1);
  assertStringIncludes((await failing(answer(now + 4000_000))).message, "clock is 4000 s behind");
  assertStringIncludes((await failing(answer(now - 600_000))).message, "clock is 600 s ahead");
  assertFalse((await failing(answer(now + 5000))).message.includes("clock"));
});

test("an endpoint that fails is the gateway's 502, and is tried again", async () => {
  for (const status of [429, 500, 503]) {
    const got = await failing(() => new Response("busy", { status }));
    assertEquals([got.status, got.code, got.exchanges], [502, "2005", 2], String(status));
    assertStringIncludes(got.message, `its token endpoint answered ${status}`);
  }
  const lost = await failing(() =>
    Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" }))
  );
  assertEquals([lost.status, lost.code, lost.exchanges], [502, "2005", 2]);
  assertStringIncludes(
    lost.message,
    "Cannot reach the token endpoint of google-vertex-ai: host name not found",
  );
});

test("what is no token is none: pages, redirects, other JSON, tokens that no header can carry", async () => {
  const answers: (() => Response)[] = [
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    () => new Response("", { status: 302, headers: { location: "https://evil.example" } }),
    () => Response.json({}),
    () => Response.json([]),
    () => Response.json({ access_token: 5 }),
    () => Response.json({ access_token: "" }),
    () => Response.json({ access_token: "a\r\nx-evil: 1" }),
    () => Response.json({ message: "not found" }, { status: 404 }),
    () => new Response(`{"access_token":"t","x":"${"x".repeat(200_000)}"}`),
  ];
  for (const [at, answer] of answers.entries()) {
    const got = await failing(answer);
    assertEquals([got.status, got.code], [502, "2002"], `answer ${at}: ${got.message}`);
    assertStringIncludes(got.message, "token endpoint of google-vertex-ai gave no token");
  }
});

test("an endpoint that repeats what it was sent is not repeated", async () => {
  const { google, ask } = scene();
  google.token = (init) => {
    const assertion = new URLSearchParams(textBody(init)).get("assertion");
    const error_description = `bad ${KEY_LINE} in ${assertion} of ${EMAIL}`;
    return Response.json({ error: "invalid_grant", error_description }, { status: 400 });
  };
  const { text } = await ask();
  assertStringIncludes(text, "invalid_grant (bad [redacted] in [redacted] of");
  for (const secret of [KEY_LINE, "eyJ"]) assertFalse(text.includes(secret), text);
});

test("tokens are kept for five hundred keys, those used last", async () => {
  const tokens = new TokenCache(sha256Hex);
  const clock = new FakeClock();
  const { signal } = new AbortController();
  let exchanges = 0;
  const fetchToken = () =>
    Promise.resolve({ text: `t${++exchanges}`, issued: clock.now(), lifetime: 60 * MINUTE });
  const caller = { clock, signal, fetchToken, provider: "x" };
  const get = (id: number) => tokens.get(`key ${id}`, caller);
  for (let id = 0; id < 500; id++) await get(id);
  await get(0);
  await get(500);
  assertEquals([exchanges, tokens.texts.length], [501, 500]);
  assertEquals([await get(0), await get(500), await get(1)], ["t1", "t501", "t502"]);
});
