/** Whatever a model says, in whatever accent: the client hears all of it, whole or in a stream. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import OpenAI from "openai";
import { test } from "node:test";
import { createGateway } from "../../support/gateway.ts";
import type { Accent } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { perplexity } from "../../support/accents/perplexity.ts";
import { ASK } from "../doors.ts";
import { memberOf, OPTIONS, sceneOf } from "./scene.ts";
import { CALLING, TOOLS } from "./tools.ts";

const client = new OpenAI({
  apiKey: "dragoman",
  baseURL: "http://gateway.invalid/v1",
  fetch: createGateway(OPTIONS).fetch,
  maxRetries: 0,
});

const word = fc.constantFrom(
  "Ahoy",
  ", ",
  "10",
  " 7",
  "\n\n",
  "你好",
  "👩‍👩‍👧",
  "data: [DONE]",
  '"error":',
  "{}",
  "<b>",
  "\u2028",
);
const speech = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(""));

/** A turn of this provider's: thoughts where it shows some, calls where it makes some. */
function turnsOf(accent: Accent) {
  const [first, second] = accent.callIds;
  const args = fc.dictionary(fc.constantFrom("port", "date"), fc.oneof(speech, fc.integer()))
    .map((value) => JSON.stringify(value));
  const calls = fc.array(args, { minLength: 1, maxLength: 2 }).map((all) =>
    all.map((args, at) => ({ id: [first, second][at]!, name: "tide", arguments: args }))
  );
  const optional = <T>(value: fc.Arbitrary<T>, wanted: boolean) =>
    wanted ? fc.option(value, { nil: undefined }) : fc.constant(undefined);
  return fc.record({
    text: speech,
    reasoning: optional(speech, accent.slug !== "parallel"),
    calls: optional(calls, CALLING.includes(accent)),
  });
}

/** What a client has in the end. */
interface Heard {
  text: string;
  thought: string;
  calls: { id: string; name: string; arguments: string }[];
  finish: unknown;
  total: number | undefined;
}

const NOTHING: Heard = { text: "", thought: "", calls: [], finish: undefined, total: undefined };

type Said = OpenAI.ChatCompletionMessage | OpenAI.ChatCompletionChunk.Choice.Delta;

/** Adds a message, or one delta of it. */
function hear(heard: Heard, said: Said | undefined, finish: unknown): Heard {
  const calls = heard.calls.map((call) => ({ ...call }));
  for (const [at, call] of (said?.tool_calls ?? []).entries()) {
    const { id = "" } = call;
    const { name = "", arguments: args = "" } = ("function" in call && call.function) || {};
    const known = calls[Number(memberOf(call, "index") ?? at)];
    if (known === undefined) calls.push({ id, name, arguments: args });
    else known.arguments += args;
  }
  return {
    ...heard,
    text: heard.text + (said?.content ?? ""),
    thought: heard.thought + String(memberOf(said, "reasoning_content") ?? ""),
    calls,
    finish: finish ?? heard.finish,
  };
}

async function hearWhole(question: OpenAI.ChatCompletionCreateParams): Promise<Heard> {
  const { choices: [choice], usage } = await client.chat.completions
    .create({ ...question, stream: false });
  const heard = hear(NOTHING, choice?.message, choice?.finish_reason);
  return { ...heard, total: usage?.total_tokens };
}

async function hearStream(question: OpenAI.ChatCompletionCreateParams): Promise<Heard> {
  const chunks = await client.chat.completions
    .create({ ...question, stream: true, stream_options: { include_usage: true } });
  let heard = NOTHING;
  for await (const { choices: [choice], usage } of chunks) {
    heard = hear(heard, choice?.delta, choice?.finish_reason);
    if (usage) heard = { ...heard, total: usage.total_tokens };
  }
  return heard;
}

for (const accent of ACCENTS) {
  void test(`${accent.slug}: all that is said is heard, whole and in a stream`, async () => {
    const { there, reasoner: model } = sceneOf(accent, client);
    const property = fc.asyncProperty(turnsOf(accent), async (turn) => {
      there.turns.splice(0, 2, turn, turn);
      const question = { model, messages: ASK, ...(turn.calls && { tools: TOOLS }) };
      const whole = await hearWhole(question);
      assertEquals(await hearStream(question), whole);
      assertEquals(whole.calls, turn.calls ?? []);
      assertEquals(whole.finish, turn.calls ? "tool_calls" : "stop");
      if (accent === perplexity) return;
      assertEquals([whole.text, whole.thought], [turn.text, turn.reasoning ?? ""]);
    });
    await fc.assert(property, { numRuns: 8, seed: 7 });
  });
}
