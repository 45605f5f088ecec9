/** The openai package's lists of models, against strict imitations of every provider that has one. */
import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { LISTED_PROVIDERS, playLists } from "../support/model_lists.ts";

function client(options: GatewayOptions) {
  const { fetch } = createGateway({ ...options, fetch: playLists().fetch });
  return new OpenAI({ fetch, apiKey: "dragoman", maxRetries: 0 });
}

const everybody = client({
  demo: true,
  providers: Object.fromEntries(LISTED_PROVIDERS.map(({ slug, settings }) => [slug, settings])),
});

test("models.list() iterates over the models of all providers", async () => {
  const ids: string[] = [];
  for await (const model of everybody.models.list()) ids.push(model.id);
  const expected = LISTED_PROVIDERS.flatMap(({ slug, rows }) =>
    rows.map(([id]) => `${slug}/${id}`)
  );
  assertEquals(ids.sort(), [...expected, "demo/echo", "demo/backup"].sort());
});

for (const { slug, rows: [[id, created, owned_by] = ["", 0, ""]] } of LISTED_PROVIDERS) {
  test(`models.retrieve() finds ${slug}/${id}`, async () => {
    const model = await everybody.models.retrieve(`${slug}/${id}`);
    assertEquals(model, { id: `${slug}/${id}`, object: "model", created, owned_by });
  });
}

test("models.retrieve() of one that is not listed is the package's own NotFoundError", async () => {
  const error = await assertRejects(
    () => everybody.models.retrieve("openai/nope"),
    OpenAI.NotFoundError,
  );
  assertEquals([error.code, error.param], ["2103", "model"]);
});
