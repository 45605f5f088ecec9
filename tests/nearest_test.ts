import { test } from "node:test";
import { assertEquals, assertLess } from "@std/assert";
import { nearest } from "../lib/nearest.ts";

test("a slip leads to the name that was meant", () => {
  const names = ["routes", "retry", "timeouts", "accessKeys"];
  assertEquals(nearest("rotes", names), "routes");
  assertEquals(nearest("rouets", names), "routes");
  assertEquals(nearest("timout", names), "timeouts");
  assertEquals(nearest("access_keys", names), "accessKeys");
  assertEquals(nearest("ACCESSKEYS", names), "accessKeys");
});

test("the nearest of several wins, and of equals the first", () => {
  assertEquals(nearest("openao", ["openrouter", "openai", "opencode"]), "openai");
  assertEquals(nearest("abx", ["aby", "abz"]), "aby");
});

test("what is far from everything leads nowhere", () => {
  assertEquals(nearest("limits", ["routes", "open", "cors"]), undefined);
  assertEquals(nearest("x", ["y"]), undefined);
  assertEquals(nearest("", ["a"]), undefined);
  assertEquals(nearest("routes", []), undefined);
});

test("a very long name costs nothing", () => {
  const start = performance.now();
  assertEquals(nearest("a".repeat(1e6), ["b".repeat(1e6)]), undefined);
  assertLess(performance.now() - start, 1000);
});
