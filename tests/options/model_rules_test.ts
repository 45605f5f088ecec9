import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { scanObject } from "../../lib/json/scan_object.ts";
import { faultsOf, settingsOf } from "./support.ts";

function sent(options: object, slug: string, model: string, asked: object): unknown {
  const provider = settingsOf(options).providers.get(slug);
  const text = JSON.stringify({ model, ...asked });
  const encoded = provider?.definition.codec?.relay?.relayRequest(scanObject(text), {
    model,
    stream: false,
  });
  const { model: _, ...body } = JSON.parse(encoded?.body ?? "{}");
  return body;
}

test("a rule of the operator's own wins over what the gateway knows", () => {
  const modelRules = {
    groq: [{ match: "^my-", accepts: ["reasoning_effort", "invented"] }],
    grok: [
      { match: "^grok-9", accepts: ["stop"] },
      { match: "^grok-9-mini", drops: ["stop", "seed"], ranges: { temperature: [0, 1] } },
    ],
  };
  const asked = { reasoning_effort: "high", invented: 1, other: 2 };
  assertEquals(sent({ modelRules }, "groq", "my-model", asked), {
    reasoning_effort: "high",
    invented: 1,
  });
  assertEquals(sent({ modelRules }, "groq", "llama", asked), {});
  const limits = { stop: ["x"], seed: 7, temperature: 2 };
  assertEquals(sent({ modelRules }, "grok", "grok-9", limits), limits);
  assertEquals(sent({ modelRules }, "grok", "grok-9-mini", limits), { temperature: 1 });
  assertEquals(sent({}, "grok", "grok-9", limits), { seed: 7, temperature: 2 });
});

test("rules may be laid over a provider of the operator's own", () => {
  const options = {
    providers: { "custom-acme": { baseUrl: "https://acme.example" } },
    modelRules: { "custom-acme": [{ match: "", drops: ["user"], rename: { seed: "dice" } }] },
  };
  assertEquals(sent(options, "custom-acme", "m", { user: "u", seed: 7, x: 1 }), { dice: 7, x: 1 });
});

test("what is wrong with a rule is told with its path", () => {
  const rule = (written: unknown) => faultsOf({ modelRules: { groq: [written] } });
  assertEquals(rule({ drops: ["n"] }), [
    "modelRules.groq[0] must be an object whose match is a regular expression, got an object",
  ]);
  assertEquals(rule({ match: "(" }).length, 1);
  assertEquals(rule({ match: "a", dorps: ["n"] }), [
    'modelRules.groq[0].dorps is not something a rule can say (did you mean "drops"?)',
  ]);
  assertEquals(rule({ match: "a", drops: "n" }), [
    "modelRules.groq[0].drops must be a list, got a string",
  ]);
  assertEquals(rule({ match: "a", jsonObject: "no" }), [
    "modelRules.groq[0].jsonObject must be true or false, got a string",
  ]);
});

test("rules for nobody are refused", () => {
  assertEquals(faultsOf({ modelRules: { xai: [{ match: "a" }] } }), [
    "modelRules.xai is a short name for model names only: write grok",
  ]);
  assertEquals(faultsOf({ modelRules: { nobody: [{ match: "a" }] } }), [
    "modelRules.nobody has no rules about models: it is not a provider that takes any",
  ]);
  assertEquals(faultsOf({ modelRules: { groq: [] } }).length, 1);
});
