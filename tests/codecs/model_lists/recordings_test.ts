/** Lists of models as providers really gave them. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import * as lists from "../../../lib/codecs/model_lists/mod.ts";
import { needs, type Recorded, recordedAs } from "../recorded.ts";

/** Which of a recording's own lists of objects the models come from, and under which name. */
const PROTOCOLS: readonly (readonly [
  recordings: RegExp,
  decode: lists.DecodeModels,
  member: string,
  id: string,
])[] = [
  [/anthropic\.models--/, lists.anthropicModels, "data", "id"],
  [/gemini\.models--/, lists.geminiModels, "models", "name"],
  [/bedrock\.models--/, lists.bedrockModels, "modelSummaries", "modelId"],
  [
    /^(?!anthropic|gemini|cohere|workersai)[a-z]+\/[a-z.]+\.models--/,
    lists.openaiModels,
    "data",
    "id",
  ],
];

function itemsOf({ response }: Recorded, member: string): Record<string, unknown>[] | undefined {
  return (response.body as Record<string, Record<string, unknown>[]>)[member];
}

for (const [recordings, decode, member, id] of PROTOCOLS) {
  const good = recordedAs(recordings).filter((one) =>
    one.response.status === 200 && itemsOf(one, member) !== undefined
  );
  test(`recorded lists under "${member}" bring every model they name`, (t) => {
    if (!needs(t, good)) return;
    for (const one of good) {
      const read = decode(JSON.stringify(one.response.body));
      assert(read !== undefined, one.id);
      const named = itemsOf(one, member)!.map((item) => String(item[id]).replace(/^models\//, ""));
      const found = read.models.map((model) => model.id);
      assertEquals(found.filter((name) => !named.includes(name)), [], one.id);
      if (decode !== lists.bedrockModels) assertEquals(found, named, one.id);
      for (const { created = 1 } of read.models) assert(Number.isInteger(created), one.id);
    }
  });
}

test("a recorded refusal is no list in any protocol", (t) => {
  const refused = recordedAs(/\.models--/).filter(({ response }) => response.status >= 400);
  if (!needs(t, refused)) return;
  const { anthropicModels, bedrockModels, bedrockProfiles, cohereModels } = lists;
  const { geminiModels, openaiModels, workersAiModels } = lists;
  const decoders = [anthropicModels, bedrockModels, bedrockProfiles, cohereModels];
  for (const { id, response } of refused) {
    for (const decode of [...decoders, geminiModels, openaiModels, workersAiModels]) {
      assertEquals(decode(JSON.stringify(response.body)), undefined, id);
    }
  }
});

test("Gemini's recorded page tells of the next one", (t) => {
  const pages = recordedAs(/gemini\.models--/);
  if (!needs(t, pages)) return;
  for (const { response } of pages) {
    const { nextPageToken } = response.body as { nextPageToken: string };
    const read = lists.geminiModels(JSON.stringify(response.body));
    assertEquals(read?.next, { pageToken: nextPageToken });
  }
});

test("Bedrock's models that nobody can call on demand are left out", (t) => {
  const recorded = recordedAs(/bedrock\.models--/);
  if (!needs(t, recorded)) return;
  for (const one of recorded) {
    const onDemand = itemsOf(one, "modelSummaries")!.filter((item) =>
      (item.inferenceTypesSupported as string[]).includes("ON_DEMAND")
    );
    const read = lists.bedrockModels(JSON.stringify(one.response.body));
    assertEquals(read?.models.map(({ id }) => id), onDemand.map(({ modelId }) => modelId));
  }
});
