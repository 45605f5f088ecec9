/** The list of models, merged from what providers list themselves. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { FetchInit, FetchLike } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "../support/gateway.ts";
import type { ModelList } from "../../lib/http/endpoints/models.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { LISTED_PROVIDERS, playLists } from "../support/model_lists.ts";
import { errorOf, send } from "../support/recorder.ts";

const settingsOf = (...slugs: string[]) =>
  Object.fromEntries(
    LISTED_PROVIDERS.filter(({ slug }) => slugs.length === 0 || slugs.includes(slug))
      .map(({ slug, settings }) => [slug, settings]),
  );

async function listed(gateway: Gateway, headers: HeadersInit = {}) {
  const { text, headers: got, status } = await send(gateway, "/v1/models", { headers });
  assertEquals(status, 200, text);
  const { data } = JSON.parse(text) as ModelList;
  return {
    rows: data,
    ids: data.map(({ id }) => id),
    warnings: got.get("dragoman-warnings"),
  };
}

test("every provider that declares a list is imitated", () => {
  const declared = [...PROVIDERS.values()].filter(({ listings }) => listings !== undefined);
  const played = new Set(LISTED_PROVIDERS.map(({ slug }) => slug));
  assertEquals(declared.map(({ slug }) => slug).filter((slug) => !played.has(slug)), []);
});

for (const { slug, rows, pages } of LISTED_PROVIDERS) {
  test(`${slug}: its models come page by page, with what it says of them`, async () => {
    const { fetch, asked } = playLists();
    const { rows: got, warnings } = await listed(
      createGateway({ providers: settingsOf(slug), fetch }),
    );
    assertEquals(warnings, null);
    assertEquals(
      got,
      rows.map(([id, created, owned_by]) => ({
        id: `${slug}/${id}`,
        object: "model",
        created,
        owned_by,
      })),
    );
    assertEquals([...asked].sort(), Object.keys(pages).sort());
  });
}

test("routes come first, then all providers with what the operator listed, every model once", async () => {
  const { fetch } = playLists();
  const providers = settingsOf();
  const gateway = createGateway({
    fetch,
    demo: true,
    providers: {
      ...providers,
      openai: { ...providers.openai, models: ["ft:mine", "openai-large"] },
      "perplexity-ai": { apiKey: "pplx" },
    },
    gateways: { default: { routes: { fast: "openai/openai-large" } } },
  });
  const { ids, rows } = await listed(gateway);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.slice(0, 4), [
    "dynamic/fast",
    "openai/ft:mine",
    "openai/openai-large",
    "openai/org/small",
  ]);
  assertEquals(rows[2], {
    id: "openai/openai-large",
    object: "model",
    created: 1_700_000_000,
    owned_by: "lab",
  });
  const all = LISTED_PROVIDERS.flatMap(({ slug, rows }) => rows.map(([id]) => `${slug}/${id}`));
  assertEquals(all.filter((id) => !ids.includes(id)), []);
  assert(ids.includes("perplexity-ai/sonar") && ids.includes("demo/echo"));
});

test("a provider without a stored key is not asked, and shows nothing", async () => {
  const { fetch, asked } = playLists();
  const { ids } = await listed(createGateway({ fetch, demo: true }));
  assertEquals([ids, asked], [["demo/echo", "demo/backup"], []]);
});

test("neither a caller's key nor any header of his has a part in the list", async () => {
  const seen: FetchInit[] = [];
  const { fetch } = playLists();
  const noting: FetchLike = (url, init) => {
    seen.push(init);
    return fetch(url, init);
  };
  const gateway = createGateway({ fetch: noting, providers: settingsOf("openai") });
  const mine = {
    authorization: "Bearer sk-of-a-caller",
    "x-api-key": "sk-of-a-caller",
    "openai-organization": "org-of-a-caller",
    "openai-project": "p",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "cf-aig-byok-alias": "other",
  };
  await listed(gateway, mine);
  assertEquals(seen.length, 1);
  assert(!JSON.stringify(seen).includes("caller"));
  assertEquals(Object.keys(seen[0]!.headers).sort(), [
    "accept",
    "authorization",
    "user-agent",
    "via",
  ]);
  const open = createGateway({ fetch: noting });
  assertEquals((await listed(open, mine)).ids, []);
  assertEquals(seen.length, 1);
});

test("a key of another alias lists, where there is no default one", async () => {
  const { fetch } = playLists();
  const gateway = createGateway({ fetch, providers: { openai: { keys: { team: "openai-key" } } } });
  assertEquals((await listed(gateway)).ids, ["openai/openai-large", "openai/org/small"]);
});

/** A provider that answers when it is told to. */
function stage() {
  const clock = new FakeClock();
  const waiting: ((answer: Response) => void)[] = [];
  const signals: AbortSignal[] = [];
  const lists = playLists();
  const fetch: FetchLike = (url, init) => {
    if (!url.startsWith("https://api.openai.com/")) return lists.fetch(url, init);
    signals.push(init.signal);
    return new Promise((resolve, reject) => {
      waiting.push(resolve);
      init.signal.addEventListener("abort", () => reject(init.signal.reason));
    });
  };
  const gateway = createGateway({ clock, fetch, providers: settingsOf("openai", "groq") });
  const answer = async (...ids: string[]) => {
    waiting.shift()!(Response.json({ data: ids.map((id) => ({ id })) }));
    await settled();
  };
  return { clock, gateway, waiting, signals, answer };
}

const GROQ = ["groq/groq-large", "groq/org/small"];

test("one slow provider does not hold the list, is named, and is there once it has answered", async () => {
  const { clock, gateway, answer } = stage();
  const first = listed(gateway);
  await clock.advance(2999);
  let done = false;
  first.then(() => done = true);
  await settled();
  assertEquals(done, false);
  await clock.advance(1);
  const { ids, warnings } = await first;
  assertEquals(ids, GROQ);
  assertStringIncludes(warnings!, 'dropped;param="openai";reason="openai has not given its models');
  await answer("late");
  const { ids: later, warnings: none } = await listed(gateway);
  assertEquals([later, none], [["openai/late", ...GROQ], null]);
  assertEquals(clock.waiting, 0);
});

test("a provider that never answers is given up, and left alone for a while", async () => {
  const { clock, gateway, waiting, signals } = stage();
  const first = listed(gateway);
  await clock.advance(20_000);
  await first;
  assertEquals([signals.length, signals[0]!.aborted], [1, true]);
  const { ids, warnings } = await listed(gateway);
  assertEquals(ids, GROQ);
  assertStringIncludes(warnings!, "openai gave no list of its models within 20000 ms");
  assertEquals(signals.length, 1);
  await clock.advance(30_000);
  const again = listed(gateway);
  await settled();
  assertEquals(signals.length, 2);
  waiting[1]!(Response.json({ data: [{ id: "back" }] }));
  assertEquals((await again).ids, ["openai/back", ...GROQ]);
});

test("all who ask at the same time share one exchange, and a fresh list is not asked for again", async () => {
  const { clock, gateway, answer, signals } = stage();
  const many = Array.from({ length: 20 }, () => listed(gateway));
  await settled();
  await answer("a");
  for (const { ids } of await Promise.all(many)) assertEquals(ids, ["openai/a", ...GROQ]);
  await clock.advance(299_999);
  await listed(gateway);
  assertEquals(signals.length, 1);
});

test("an old list is shown while a new one is asked for, and stays where that fails", async () => {
  const { clock, gateway, answer, waiting, signals } = stage();
  const first = listed(gateway);
  await settled();
  await answer("old");
  await first;
  await clock.advance(300_000);
  assertEquals((await listed(gateway)).ids, ["openai/old", ...GROQ]);
  assertEquals((await listed(gateway)).ids, ["openai/old", ...GROQ]);
  assertEquals(signals.length, 2);
  waiting.pop()!(new Response("busy", { status: 503 }));
  await settled();
  const { ids, warnings } = await listed(gateway);
  assertEquals(ids, ["openai/old", ...GROQ]);
  assertStringIncludes(warnings!, "openai answered 503 when asked for its models");
  assertEquals(signals.length, 2);
});

test("a Worker is told to live until the list is there", async () => {
  const { gateway, answer } = stage();
  const kept: Promise<unknown>[] = [];
  const request = new Request("http://localhost/v1/models");
  const context = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
  const answering = gateway.handle(request, context);
  await settled();
  await answer("a");
  await answering;
  await Promise.all(kept);
  assertEquals(kept.length, 2);
});

const FAILURES: readonly (readonly [name: string, answer: () => Response, reason: string])[] = [
  ["refuses the key", () => new Response('{"error":"sk-stored"}', { status: 401 }), "answered 401"],
  ["redirects", () => new Response(null, { status: 302 }), "answered 302"],
  ["has no such path", () => new Response("Not found", { status: 404 }), "answered 404"],
  ["answers a page", () => new Response("<html>"), "no list of models"],
  ["answers another object", () => Response.json({ models: {} }), "no list of models"],
  ["answers null", () => Response.json(null), "no list of models"],
  ["answers nothing", () => new Response(""), "no list of models"],
  ["breaks the connection", () => {
    throw new TypeError("fetch failed");
  }, "Cannot reach openai"],
];

for (const [name, answer, reason] of FAILURES) {
  test(`a provider that ${name} is named, and takes nothing from the others`, async () => {
    const lists = playLists();
    const gateway = createGateway({
      providers: { ...settingsOf("groq"), openai: { apiKey: "sk-stored", models: ["mine"] } },
      fetch: async (url, init) =>
        url.startsWith("https://api.openai.com/") ? answer() : await lists.fetch(url, init),
    });
    const { ids, warnings } = await listed(gateway);
    assertEquals(ids, ["openai/mine", ...GROQ]);
    assertStringIncludes(warnings!, reason);
    assert(!warnings!.includes("sk-stored"));
  });
}

test("a list whose pages never end is cut, and each model stands once", async () => {
  let pages = 0;
  const gateway = createGateway({
    providers: { anthropic: { apiKey: "k" } },
    fetch: () => {
      pages++;
      const data = [{ id: "a" }, { id: `b${pages}` }];
      return Promise.resolve(Response.json({ data, has_more: true, last_id: "a" }));
    },
  });
  const { ids } = await listed(gateway);
  assertEquals([pages, ids.length], [50, 51]);
});

test("one model is found by its id, and only its own provider is asked", async () => {
  const { fetch, asked } = playLists();
  const gateway = createGateway({ fetch, providers: settingsOf() });
  for (const id of ["openai/org/small", "openai%2Forg%2Fsmall"]) {
    const { status, text } = await send(gateway, `/v1/models/${id}`);
    assertEquals(status, 200, text);
    assertEquals(JSON.parse(text), {
      id: "openai/org/small",
      object: "model",
      created: 0,
      owned_by: "openai",
    });
  }
  assertEquals(asked, ["https://api.openai.com/v1/models"]);
  const { text } = await send(gateway, "/v1/models/xai/grok-large");
  assertEquals((JSON.parse(text) as { id: string }).id, "grok/grok-large");
});

test("a model that is not listed is 404 in OpenAI's shape, and says what kept the list away", async () => {
  const { fetch } = playLists();
  const gateway = createGateway({
    fetch,
    providers: { ...settingsOf("openai"), "custom-x": { baseUrl: "https://x.example" } },
  });
  for (const id of ["openai/no", "openai", "no/such", "org/small", "custom-x/a"]) {
    const answer = await send(gateway, `/v1/models/${id}`);
    const { code, param, type } = errorOf(answer);
    assertEquals([answer.status, code, param, type], [
      404,
      "2103",
      "model",
      "invalid_request_error",
    ]);
  }
  const answer = await send(gateway, "/v1/models/custom-x/a");
  assertStringIncludes(errorOf(answer).message, "custom-x answered 404 when asked for its models");
});
