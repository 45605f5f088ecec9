/** Structured answers: the same question for everybody, in the form each provider takes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { BadRequestError } from "openai";
import type { Json } from "../../support/accents/accent.ts";
import { cerebras } from "../../support/accents/cerebras.ts";
import { deepseek } from "../../support/accents/deepseek.ts";
import { grok } from "../../support/accents/grok.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { workersAi } from "../../support/accents/workers_ai.ts";
import { ASK, thrownBy } from "../doors.ts";
import { onAccent, onAccents } from "./scene.ts";

const SCHEMA = {
  type: "object",
  properties: { port: { type: "string" }, metres: { type: "number" } },
  required: ["port", "metres"],
  additionalProperties: false,
};
const FORMAT = {
  type: "json_schema" as const,
  json_schema: { name: "tide", strict: true, schema: SCHEMA },
};
const text = '{"port":"Dünkirchen","metres":5.5}';

onAccents("structured output is parsed", async ({ client, there, schemaModel: model }) => {
  there.turns.push({ text });
  const answer = await client.chat.completions
    .parse({ model, messages: ASK, response_format: FORMAT });
  assertEquals(answer.choices[0]?.message.parsed, { port: "Dünkirchen", metres: 5.5 });
  assertEquals(answer.choices[0]?.finish_reason, "stop");
});

const STREAMING = ACCENTS.filter((accent) => accent !== workersAi);

onAccents("structured output is parsed from a stream", async (scene) => {
  const { client, there, schemaModel: model } = scene;
  there.turns.push({ text });
  const helper = client.chat.completions.stream({ model, messages: ASK, response_format: FORMAT });
  const final = await helper.finalChatCompletion();
  assertEquals(final.choices[0]?.message.parsed, { port: "Dünkirchen", metres: 5.5 });
}, STREAMING);

const ENVELOPED = ACCENTS.filter(({ slug }) =>
  !["deepseek", "workers-ai", "perplexity-ai", "together"].includes(slug)
);

onAccents("the schema arrives in its envelope", async ({ client, there, schemaModel: model }) => {
  await client.chat.completions.create({ model, messages: ASK, response_format: FORMAT });
  const { type, json_schema } = there.last.body.response_format as Json;
  const { name, schema } = json_schema as Json;
  assertEquals([type, name], ["json_schema", "tide"]);
  assertEquals((schema as Json).properties, SCHEMA.properties);
}, ENVELOPED);

onAccent(deepseek, "a schema is put into words, and that is said", async (scene) => {
  const { client, there, model } = scene;
  const question = { model, messages: ASK, response_format: FORMAT };
  const { response } = await client.chat.completions.create(question).withResponse();
  assertEquals(there.last.body.response_format, { type: "json_object" });
  assert(JSON.stringify(there.last.body.messages).includes("metres"));
  assertMatch(response.headers.get("dragoman-warnings") ?? "", /emulated;param="response_format/);
  const strict = client.chat.completions
    .create(question, { headers: { "dragoman-strict": "true" } });
  assertEquals((await thrownBy(strict, BadRequestError)).code, "2108");
  assertEquals(there.requests.length, 1);
});

onAccent(workersAi, "a schema travels bare, and its object comes back as text", async (scene) => {
  const { client, there, model } = scene;
  there.turns.push({ text });
  const question = { model, messages: ASK, response_format: FORMAT };
  const answer = await client.chat.completions.create(question);
  const { json_schema } = there.last.body.response_format as Json;
  assertEquals((json_schema as Json).properties, SCHEMA.properties);
  assertEquals(typeof answer.choices[0]?.message.content, "string");
});

const bounded = (port: Json): typeof FORMAT => ({
  type: "json_schema",
  json_schema: {
    name: "tide",
    strict: true,
    schema: { ...SCHEMA, properties: { ...SCHEMA.properties, port: port as { type: string } } },
  },
});

for (
  const [accent, port] of [
    [grok, { type: "string", minLength: 2, maxLength: 40 }],
    [cerebras, { type: "string", pattern: "^[A-Z]", format: "hostname" }],
  ] as const
) {
  onAccent(accent, "constraints it refuses don't make the whole schema fail", async (scene) => {
    const { client, there, model } = scene;
    there.turns.push({ text });
    const response_format = bounded(port);
    const answer = await client.chat.completions.parse({ model, messages: ASK, response_format });
    assertEquals(answer.choices[0]?.message.parsed, { port: "Dünkirchen", metres: 5.5 });
  });
}
