/** The imitations are themselves tested: asked without a gateway, they refuse what the providers refuse. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { Accent, Json } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { REFUSED } from "./refused.ts";
import { coast } from "./scene.ts";

const MESSAGES = [{ role: "user", content: "Good morning." }];

async function ask(accent: Accent, body: Json, init: { path?: string; auth?: string } = {}) {
  const { slug, key, paths, models: [model] } = accent;
  const { path = paths[0], auth = slug === "baseten" ? `Api-Key ${key}` : `Bearer ${key}` } = init;
  const response = await fetch(`${coast.url}/${slug}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: auth },
    body: JSON.stringify({ model, messages: MESSAGES, ...body }),
  });
  return { status: response.status, text: await response.text() };
}

for (const accent of ACCENTS) {
  const { slug, key, badKey, paths, envelope, unknownModel, voice } = accent;

  void test(`${slug}, imitated, is as strict as it says`, async () => {
    coast.visit(accent);
    for (const [what, body, status, says] of REFUSED[slug] ?? []) {
      const answer = await ask(accent, body);
      assertEquals([answer.status, what], [status, what]);
      assert(answer.text.includes(says), `${what}: ${answer.text}`);
    }
  });

  void test(`${slug}, imitated, knows its key, its path and its models`, async () => {
    coast.visit(accent);
    const refusal = envelope(badKey);
    const text = typeof refusal === "string" ? refusal : JSON.stringify(refusal);
    for (const auth of ["Bearer k", `Key ${key}`, key]) {
      assertEquals(await ask(accent, {}, { auth }), { status: badKey.status, text });
    }
    for (const path of [`/v1${paths[0]}`, `${paths[0]}/`, "/v1/chat/completion"]) {
      const known = paths.includes(path) ? 200 : 404;
      assertEquals((await ask(accent, {}, { path })).status, known, path);
    }
    const { status } = await ask(accent, { model: `${slug}/m` });
    assertEquals(status, unknownModel("").status);
  });

  void test(`${slug}, imitated, answers whole and in streams`, async () => {
    coast.visit(accent);
    const whole = await ask(accent, {});
    assertEquals(whole.status, 200);
    assertEquals((JSON.parse(whole.text) as Json).id, voice.id);
    const streamed = await ask(accent, { stream: true });
    assertEquals(streamed.text.match(/\[DONE\]/g)?.length ?? 0, voice.done ?? 1);
  });
}
