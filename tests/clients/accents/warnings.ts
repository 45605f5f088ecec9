/** What a provider can't take is left out and said; in strict mode nothing is sent at all. */
import { assertEquals, assertMatch } from "@std/assert";
import { BadRequestError } from "openai";
import type { Json } from "../../support/accents/accent.ts";
import { baseten } from "../../support/accents/baseten.ts";
import { cerebras } from "../../support/accents/cerebras.ts";
import { deepseek } from "../../support/accents/deepseek.ts";
import { fireworks } from "../../support/accents/fireworks.ts";
import { grok } from "../../support/accents/grok.ts";
import { groq } from "../../support/accents/groq.ts";
import { mistral } from "../../support/accents/mistral.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { parallel } from "../../support/accents/parallel.ts";
import { perplexity } from "../../support/accents/perplexity.ts";
import { together } from "../../support/accents/together.ts";
import { workersAi } from "../../support/accents/workers_ai.ts";
import { ASK, collect, thrownBy } from "../doors.ts";
import { EXPECTED, SINK } from "./expected.ts";
import { type AccentScene, onAccent, onAccents } from "./scene.ts";
import { TOOLS } from "./tools.ts";
import { COUNTING } from "./usage.ts";

const STRICT = { headers: { "dragoman-strict": "true" } };

/** The parameters a header names with one kind of loss. */
function named(header: string | null, kind: string): string[] {
  const items = (header ?? "").matchAll(/(\w+);param="([^"]+)"/g);
  return [...items].filter(([, word]) => word === kind).map(([, , param]) => param ?? "");
}

onAccents("a request with nearly everything arrives as it can", async (scene) => {
  const { client, there, accent, model } = scene;
  const { lost, arrives, renamed = [] } = EXPECTED[accent.slug]!;
  const { response } = await client.chat.completions
    .create({ ...SINK, model, messages: ASK }).withResponse();
  const { body } = there.last;
  const got = Object.fromEntries(Object.keys(arrives).map((name) => [name, body[name]]));
  assertEquals(got, arrives);
  assertEquals([...lost, ...renamed].filter((name) => name in body), []);
  const dropped = named(response.headers.get("dragoman-warnings"), "dropped");
  assertEquals(lost.filter((name) => !dropped.includes(name)), []);
});

onAccents(
  "strict mode refuses each loss before anything is sent",
  async (scene) => {
    const { client, there, accent, model } = scene;
    for (const name of EXPECTED[accent.slug]!.lost) {
      const alone: Json = {
        [name]: Reflect.get(SINK, name),
        ...(name === "top_logprobs" && { logprobs: true }),
      };
      const call = client.chat.completions.create({ model, messages: ASK, ...alone }, STRICT);
      const error = await thrownBy(call, BadRequestError);
      assertEquals(error.code, "2108", name);
      assertMatch(String(error.param) + error.message, RegExp(name.replace("top_", "")));
    }
    assertEquals(there.requests.length, 0);
  },
  ACCENTS.filter(({ slug }) => EXPECTED[slug]!.lost.length > 0),
);

onAccents("strict mode lets through what loses nothing", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: ASK }, STRICT);
  assertEquals(there.requests.length, 1);
});

/** A parameter outside the client's types. */
const askWith = async ({ client, model }: AccentScene, more: Json) =>
  await client.chat.completions.create({ model, messages: ASK, ...more }).withResponse();

const ASKING_USAGE = { stream: true, stream_options: { include_usage: true } } as const;

onAccents("strict mode doesn't mind how usage is come by", async ({ client, there, model }) => {
  await collect(
    await client.chat.completions.create({ model, messages: ASK, ...ASKING_USAGE }, STRICT),
  );
  assertEquals(there.requests.length, 1);
}, COUNTING);

/** Several answers at once, from providers that give one. */
onAccents("more than one choice is said to be lost", async ({ client, there, model }) => {
  const question = { model, messages: ASK, n: 2 };
  const { response } = await client.chat.completions.create(question).withResponse();
  assertEquals(there.last.body.n ?? 1, 1);
  assertMatch(response.headers.get("dragoman-warnings") ?? "", /;param="n"/);
  const strict = client.chat.completions.create(question, STRICT);
  assertEquals((await thrownBy(strict, BadRequestError)).code, "2108");
  assertEquals(there.requests.length, 1);
}, [groq, perplexity, deepseek, baseten, workersAi]);

const DEVELOPING = ["cerebras", "openrouter"];

onAccents("developers speak as the system", async ({ client, there, model }) => {
  const messages = [{ role: "developer" as const, content: "Be brief." }, ...ASK];
  await client.chat.completions.create({ model, messages });
  const [first] = there.last.body.messages as Json[];
  assertEquals(first, { role: "system", content: "Be brief." });
}, ACCENTS.filter(({ slug }) => !DEVELOPING.includes(slug)));

onAccent(cerebras, "developers stay developers", async ({ client, there, model }) => {
  const messages = [{ role: "developer" as const, content: "Be brief." }, ...ASK];
  await client.chat.completions.create({ model, messages });
  assertEquals(there.last.body.messages, messages);
});

const NOTHING = Object.fromEntries(Object.keys(SINK).map((name) => [name, null]));

onAccents(
  "parameters set to nothing are left out, which is no loss",
  async ({ client, there, model }) => {
    const nothing = { ...NOTHING, tools: null, response_format: null, n: null };
    const question = { model, messages: ASK, ...nothing } as never;
    await client.chat.completions.create(question, STRICT);
    const { body } = there.last;
    assertEquals(Object.keys(body).filter((name) => body[name] === null), []);
  },
);

onAccents("a token limit arrives once, and the newer one counts", async (scene) => {
  const { client, there, model } = scene;
  for (const [max_tokens, max_completion_tokens, counts] of [[5, undefined, 5], [5, 64, 64]]) {
    const limits = { max_tokens, max_completion_tokens };
    await client.chat.completions.create({ model, messages: ASK, ...limits });
    const sent = Object.keys(limits).filter((name) => name in there.last.body);
    assertEquals(sent.map((name) => there.last.body[name]), [counts]);
  }
}, ACCENTS.filter((accent) => accent !== parallel));

const ONE_CALL = { tools: TOOLS, parallel_tool_calls: false };

onAccents("one call at a time is asked for where that is possible", async (scene) => {
  await askWith(scene, ONE_CALL);
  assertEquals(scene.there.last.body.parallel_tool_calls, false);
}, [groq, mistral, grok, cerebras, fireworks, openrouter]);

onAccents("one call at a time is said to be lost where it is not", async (scene) => {
  const { response } = await askWith(scene, ONE_CALL);
  assertEquals("parallel_tool_calls" in scene.there.last.body, false);
  const dropped = named(response.headers.get("dragoman-warnings"), "dropped");
  assertEquals(dropped, ["parallel_tool_calls"]);
}, [deepseek, together]);

onAccent(grok, "searching the web is said to be lost", async (scene) => {
  const { response } = await askWith(scene, { web_search_options: { search_context_size: "low" } });
  assertEquals("web_search_options" in scene.there.last.body, false);
  const dropped = named(response.headers.get("dragoman-warnings"), "dropped");
  assertEquals(dropped, ["web_search_options"]);
});

onAccents("what nobody knows doesn't reach those who refuse it", async (scene) => {
  const { response } = await askWith(scene, { tide: "high" });
  assertEquals("tide" in scene.there.last.body, false);
  assertMatch(response.headers.get("dragoman-warnings") ?? "", /dropped;param="tide"/);
}, ACCENTS.filter(({ slug }) => ["groq", "mistral", "cerebras"].includes(slug)));

/** Parameters of the vendors' own. */
const OWN: Record<string, Json> = {
  groq: { search_settings: { include_domains: ["harbour.example"] } },
  mistral: { safe_prompt: true },
  "perplexity-ai": { search_domain_filter: ["harbour.example"], return_images: false },
  cerebras: { min_tokens: 3 },
  baseten: { top_k: 5, chat_template_args: { enable_thinking: false } },
  openrouter: { provider: { order: ["ferry"] }, models: ["a/b"] },
  together: { repetition_penalty: 1.1, top_k: 5 },
  fireworks: { context_length_exceeded_behavior: "error", top_k: 5 },
  "workers-ai": { top_k: 5, repetition_penalty: 1.1 },
};

onAccents("a vendor's own parameters pass", async (scene) => {
  const own = OWN[scene.accent.slug]!;
  await askWith(scene, own);
  const { body } = scene.there.last;
  assertEquals(Object.fromEntries(Object.keys(own).map((name) => [name, body[name]])), own);
}, ACCENTS.filter(({ slug }) => slug in OWN));

const NAMED = [
  { role: "system" as const, content: "Be brief.", name: "captain" },
  { role: "user" as const, content: "Hello.", name: "Ada" },
];

onAccents("names in messages never make a request fail", async ({ client, there, model }) => {
  await client.chat.completions.create({ model, messages: NAMED });
  assertEquals(there.requests.length, 1);
});

onAccent(mistral, "a temperature beyond its range is clamped, and that is said", async (scene) => {
  const { response } = await askWith(scene, { temperature: 1.9 });
  assertEquals(scene.there.last.body.temperature, 1.5);
  const warning = response.headers.get("dragoman-warnings") ?? "";
  assertMatch(warning, /clamped;param="temperature";from=1.9;to=1.5/);
});

onAccent(together, "one stop is a list of one", async (scene) => {
  await askWith(scene, { stop: "END" });
  assertEquals(scene.there.last.body.stop, ["END"]);
});

onAccent(perplexity, "plain JSON is asked for in another way, and that is said", async (scene) => {
  const { response } = await askWith(scene, { response_format: { type: "json_object" } });
  assertMatch(response.headers.get("dragoman-warnings") ?? "", /;param="response_format/);
});

onAccent(mistral, "with temperature 0 there is nothing left to choose from", async (scene) => {
  await askWith(scene, { temperature: 0, top_p: 0.5 });
  assertEquals(scene.there.last.body.top_p ?? 1, 1);
});
