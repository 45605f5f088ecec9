/** Cases 24 and 25: a provider that quotes a key is not quoted. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { redact } from "../../lib/secret.ts";
import { chat, errorOf, recorded } from "../support/recorder.ts";

test("cases 24 and 25: a provider that quotes the key is redacted, wherever and however it does", async () => {
  const key = "sk-stored-openai";
  const bodies = [
    { error: { message: `Incorrect API key provided: ${key}.` } },
    { error: { message: "no", type: key, code: key, param: key } },
    { error: key },
    { detail: [{ loc: ["body", key], msg: key }] },
    { errors: [{ message: key }] },
    { message: `${"x".repeat(3990)}${key}` },
  ].map((body) => JSON.stringify(body));
  const texts = [...bodies, key, `${"y".repeat(490)}${key}`, `${"z".repeat(80)} ${key}`];
  for (const text of texts) {
    for (const status of [200, 400, 401, 403, 429, 500]) {
      for (const stream of [false, true]) {
        const { gateway } = recorded({}, () => new Response(text, { status }));
        const answer = await chat(gateway, { stream });
        assert(answer.status >= 400, answer.text);
        assertFalse(answer.text.includes(key.slice(0, 10)), answer.text);
      }
    }
  }
});

test("case 24: the caller's own key is redacted too, and other aliases' keys", async () => {
  const echo = "used sk-mine-123456, not sk-second-key";
  const { gateway } = recorded(
    { providers: { openai: { keys: { default: "sk-first-key", second: "sk-second-key" } } } },
    () => new Response(echo, { status: 403 }),
  );
  const answer = await chat(gateway, {}, { authorization: "Bearer sk-mine-123456" });
  assertStringIncludes(errorOf(answer).message, "used [redacted], not [redacted]");
});

test("a secret that the end of a text cuts off is redacted as far as it goes", () => {
  const secret = "sk-0123456789abcdef";
  assertEquals(redact(`key ${secret.slice(0, 12)}`, [secret]), "key [redacted]");
  assertEquals(redact(`key "${secret.slice(0, 12)}"`, [secret]), 'key "[redacted]"');
  assertEquals(redact("key sk-", [secret, undefined]), "key sk-");
});
