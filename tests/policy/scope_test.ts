/** What a scope allows. */
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { test } from "node:test";
import {
  allows,
  allowsProvider,
  modelPattern,
  refuseOutside,
  type Scope,
  withFallbacks,
} from "../../lib/policy/scope.ts";

const owner = 'access key "ci"';
const models = (...names: string[]): Scope => ({
  owner,
  models: names.map((name) => {
    const slash = name.indexOf("/");
    return modelPattern(name.slice(0, slash), name.slice(slash + 1));
  }),
});

const ALLOWED: readonly (readonly [pattern: string, yes: string[], no: string[]])[] = [
  ["p/m", ["m"], ["", "M", "m2", "am", "m/", "*", "n"]],
  ["p/*", ["m", "a/b", "@cf/x/y", "*"], []],
  ["p/claude-*", ["claude-", "claude-x/y"], ["claude", "x-claude-4", "Claude-4"]],
  ["p/*-mini", ["gpt-mini", "-mini"], ["mini", "gpt-mini-2"]],
  ["p/a*b*c", ["abc", "a1b2c", "abbcc"], ["ab", "acb", "xabc", "abcx"]],
  ["p/ab*ba", ["abba", "ab.ba"], ["aba", "ab"]],
  ["p/a**b", ["ab", "a-b"], ["a"]],
];

test("a pattern is a model's whole name, in which a star is any text", () => {
  for (const [pattern, yes, no] of ALLOWED) {
    for (const name of yes) assert(allows(models(pattern), "p", name), `${pattern} ${name}`);
    for (const name of no) assertFalse(allows(models(pattern), "p", name), `${pattern} ${name}`);
    assertFalse(allows(models(pattern), "q", yes[0]), pattern);
  }
});

test("any of several patterns will do, and providers and models must both allow", () => {
  assert(allows(models("p/a", "q/b"), "q", "b"));
  const both: Scope = { ...models("p/a", "q/b"), providers: new Set(["p"]) };
  assertEquals([allows(both, "p", "a"), allows(both, "q", "b")], [true, false]);
  const providers: Scope = { owner, providers: new Set(["p"]) };
  assertEquals([allows(providers, "p", "x"), allows(providers, "q", "x")], [true, false]);
  assert(allows(undefined, "q", undefined));
});

test("where nobody knows the model, a list of models allows nothing", () => {
  assertFalse(allows(models("p/*"), "p", undefined));
  assert(allows({ owner, providers: new Set(["p"]) }, "p", undefined));
});

test("a provider of which nothing is allowed is known without a model", () => {
  assertEquals(["p", "q"].map((slug) => allowsProvider(models("p/a"), slug)), [true, false]);
  assertEquals(
    ["p", "q"].map((slug) => allowsProvider({ owner, providers: new Set(["q"]) }, slug)),
    [false, true],
  );
  assert(allowsProvider(undefined, "p"));
});

test("models that a request names besides must be allowed as well", () => {
  const scope = models("p/a", "p/b");
  assert(allows(withFallbacks(scope, ["b"]), "p", "a"));
  assertFalse(allows(withFallbacks(scope, ["b", "c"]), "p", "a"));
  assertEquals(withFallbacks(scope, undefined), scope);
  assertEquals(withFallbacks(undefined, ["c"]), undefined);
});

test("a refusal names whose scope it is, what it does not allow and what it does", () => {
  const said = (scope: Scope, provider: string, model?: string) => {
    try {
      refuseOutside(scope, provider, model);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  const scope = models("p/a", "q/b-*");
  assertEquals(
    said(scope, "p", "x"),
    'The access key "ci" does not allow p/x; it allows p/a, q/b-*',
  );
  assertEquals(
    said(withFallbacks(scope, ["a", "z"])!, "p", "a"),
    'The access key "ci" does not allow p/z; it allows p/a, q/b-*',
  );
  assertEquals(
    said(scope, "p"),
    'The access key "ci" does not allow a request to p that names no model; it allows p/a, q/b-*',
  );
  assertEquals(
    said({ owner, providers: new Set(["p", "q"]) }, "r", "m"),
    'The access key "ci" does not allow r/m; it allows every model of p, q',
  );
  const many = models(...Array.from({ length: 30 }, (_, i) => `p/m${i}`));
  assert(said(many, "p", "x".repeat(500))!.length < 400);
  assertEquals(said(scope, "p", "a"), undefined);
  assertThrows(() => refuseOutside(scope, "q", "b"));
});

test("no name is long enough to make matching slow", () => {
  const scope = models(`p/${"a*".repeat(20)}b`);
  const begun = performance.now();
  assertFalse(allows(scope, "p", "a".repeat(1_000_000)));
  assert(performance.now() - begun < 500);
});
