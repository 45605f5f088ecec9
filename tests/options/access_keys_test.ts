/** Access keys: where they count, and what they are for. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { sha256Hex } from "../../lib/digest.ts";
import { patternText } from "../../lib/policy/scope.ts";
import { faultsOf, settingsOf } from "./support.ts";

const key = (more: Record<string, unknown> = {}) => ({ name: "ci", key: "secret", ...more });
const gateways = (more: Record<string, unknown>, others: Record<string, unknown> = {}) => ({
  gateways: { a: { accessKeys: [key(more)] }, ...others },
});
const keysOf = (options: unknown, id: string) => settingsOf(options).gateways.get(id)!.accessKeys;
const faults = (more: Record<string, unknown>) =>
  faultsOf(gateways(more)).map((line) => line.replace("gateways.a.accessKeys[0].", ""));

test("a key without a scope is for all of the gateway it is written at", () => {
  const [own] = keysOf(gateways({}), "a");
  assertEquals(own, { name: "ci", digest: sha256Hex("secret"), gateways: ["a"] });
  assertEquals(keysOf(gateways({}), "default"), []);
});

test("a key counts at every gateway it names, and only there", () => {
  const options = gateways({ gateways: ["a", "b", "b"] }, { b: {}, c: {} });
  const all = [...settingsOf(options).gateways.values()];
  assertEquals(all.map(({ id, accessKeys }) => [id, accessKeys.length]), [
    ["default", 0],
    ["a", 1],
    ["b", 1],
    ["c", 0],
  ]);
  for (const id of ["a", "b"]) assertEquals(keysOf(options, id)[0]!.gateways, ["a", "b"]);
  const elsewhere = gateways({ gateways: ["default"] });
  assertEquals(keysOf(elsewhere, "a"), []);
  assertEquals(keysOf(elsewhere, "default").length, 1);
});

test("one secret, written at two gateways, tells of both", () => {
  const options = gateways({}, { b: { accessKeys: [key({ models: ["openai/*"] })] } });
  assertEquals(keysOf(options, "a")[0]!.gateways, ["a", "b"]);
  assertEquals(keysOf(options, "a")[0]!.scope, undefined);
  assertEquals(keysOf(options, "b")[0]!.scope?.models?.map(patternText), ["openai/*"]);
});

test("two keys of one gateway are told apart wherever they are written", () => {
  const b = { accessKeys: ["other", key()] };
  assertEquals(faultsOf(gateways({ gateways: ["a", "b"] }, { b })), [
    "gateways.b.accessKeys[1] is the same key as gateways.a.accessKeys[0]",
  ]);
  const named = { accessKeys: [key({ key: "another" })] };
  assertEquals(faultsOf(gateways({ gateways: ["a", "b"] }, { b: named })), [
    "gateways.b.accessKeys[0].name is also the name of gateways.a.accessKeys[0]",
  ]);
});

test("a key can't be for a gateway that is open to everybody", () => {
  const b = { open: true };
  assertEquals(faultsOf(gateways({ gateways: ["a", "b"] }, { b })), [
    'gateways.b.open cannot be true: the access key "ci" of another gateway is for this one too',
  ]);
});

test("models are kept under their providers' own slugs", () => {
  const models = [
    "google/gemini-*",
    "xai/grok-4",
    "@cf/meta/*",
    "custom-lab/*",
    "workers-ai/@cf/qwen/q",
  ];
  const options = {
    ...gateways({ models }),
    providers: { "custom-lab": { baseUrl: "http://lab.example/v1" } },
  };
  assertEquals(keysOf(options, "a")[0]!.scope?.models?.map(patternText), [
    "google-ai-studio/gemini-*",
    "grok/grok-4",
    "workers-ai/@cf/meta/*",
    "custom-lab/*",
    "workers-ai/@cf/qwen/q",
  ]);
});

test("a scope that means nothing is refused, with what would be right", () => {
  assertEquals(faults({ gateways: ["defualt"] }), [
    'gateways[0] names the gateway "defualt", which is not configured (did you mean "default"?)',
  ]);
  assertEquals(faults({ providers: ["opnai"] }), [
    'providers[0] names the provider "opnai", which is not known (did you mean "openai"?)',
  ]);
  assertEquals(faults({ providers: ["openai", "google"] }), [
    "providers[1] is a short name for model names only: write google-ai-studio",
  ]);
  assertEquals(faults({ providers: ["custom-lab"] }), [
    'providers[0] names the provider "custom-lab", which is not configured: write providers.custom-lab',
  ]);
  assertEquals(faults({ models: ["gpt-5", "*", "antropic/*"] }), [
    'models[0] must be provider/model, in which * stands for any text, got "gpt-5"',
    'models[1] must be provider/model, in which * stands for any text, got "*"',
    'models[2] names the provider "antropic", which is not known (did you mean "anthropic"?)',
  ]);
  assertEquals(faults({ models: ["dynamic/support"] }), [
    "models[0] names a route: a route is allowed what its models are, so write those",
  ]);
  assertEquals(faults({ providers: ["openai"], models: ["openai/*", "google/*"] }), [
    "models[1] is at a provider that is not among the key's providers: openai",
  ]);
});

test("a scope of the wrong kind is refused", () => {
  assertEquals(faults({ models: [] }), ["models is empty: list models, or leave it out"]);
  assertEquals(faults({ models: "openai/*" }), [
    "models must be a list of models, got a string",
  ]);
  assertEquals(faults({ providers: [7] }), [
    "providers[0] must be a provider's slug, got a number",
  ]);
  assertEquals(faults({ model: ["openai/*"] }), [
    'model is not an option (did you mean "models"?)',
  ]);
  assertEquals(faults({ gateway: ["a"] }), [
    'gateway is not an option (did you mean "gateways"?)',
  ]);
});

const END =
  "expires must be a moment with its offset, as RFC 3339 has it, such as 2027-01-31T00:00:00Z";

test("an end is a moment with its offset", () => {
  const at = (expires: string) => keysOf(gateways({ expires }), "a")[0]!.expires;
  assertEquals(at("2027-01-31T00:00:00Z"), Date.UTC(2027, 0, 31));
  assertEquals(at("2027-01-31T02:30:00.250+02:30"), Date.UTC(2027, 0, 31) + 250);
  assertEquals(at("2028-02-29T00:00:00Z"), Date.UTC(2028, 1, 29));
  for (
    const wrong of [
      "",
      "soon",
      "2027-01-31",
      "2027-01-31T00:00:00",
      "2027-01-31 00:00:00Z",
      "2027-02-29T00:00:00Z",
      "2027-13-01T00:00:00Z",
      "2027-00-01T00:00:00Z",
      "2027-01-00T00:00:00Z",
      "2027-01-31T24:00:00Z",
      "2027-01-31T00:00:00+25:00",
      "1801353600",
    ]
  ) assertEquals(faults({ expires: wrong }), [END], wrong);
  assertEquals(faults({ expires: 1_801_353_600_000 }), [
    "expires must be a moment, got a number",
  ]);
});

test("a key that has expired does not keep the gateway from starting", () => {
  assertEquals(keysOf(gateways({ expires: "2001-01-01T00:00:00Z" }), "a").length, 1);
});
