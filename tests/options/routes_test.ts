import { test } from "node:test";
import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { end, start } from "../support/graphs.ts";
import { faultsOf, settingsOf } from "./support.ts";

const modelsOf = (routes: Record<string, unknown>, name: string) =>
  settingsOf({ gateways: { default: { routes } } }).gateways.get("default")!.routes.get(name)
    ?.models;
const faults = (routes: unknown) => faultsOf({ gateways: { default: { routes } } });
const at = "gateways.default.routes";

test("a route is one model or a list to try in order", () => {
  assertEquals(modelsOf({ fast: "openai/gpt-5-mini" }, "fast"), ["openai/gpt-5-mini"]);
  assertEquals(modelsOf({ safe: ["openai/a", "ollama/b"] }, "safe"), ["openai/a", "ollama/b"]);
});

test("models of any provider can be named, by any spelling, now or later served", () => {
  const models = ["gemini/x", "anthropic/y", "@cf/meta/llama", "baseten/openai/gpt-oss-120b"];
  assertEquals(modelsOf({ all: models }, "all"), models);
});

test("routes that name routes become flat lists, without repetitions", () => {
  const routes = {
    all: ["cheap", "dynamic/good", "openai/last"],
    cheap: ["ollama/a", "openai/b"],
    good: ["alias"],
    alias: "cheap",
  };
  assertEquals(modelsOf(routes, "all"), ["ollama/a", "openai/b", "openai/last"]);
  assertEquals(modelsOf(routes, "alias"), ["ollama/a", "openai/b"]);
});

test("routes that double at each level don't grow", () => {
  const routes: Record<string, unknown> = { r0: "openai/a" };
  for (let i = 1; i < 60; i++) routes[`r${i}`] = [`r${i - 1}`, `dynamic/r${i - 1}`];
  assertEquals(modelsOf(routes, "r59"), ["openai/a"]);
});

test("a route under a model's name may try that model first", () => {
  assertEquals(modelsOf({ "openai/a": ["openai/a", "ollama/b"] }, "openai/a"), [
    "openai/a",
    "ollama/b",
  ]);
});

test("circles are refused, and drawn", () => {
  assertEquals(faults({ a: "b", b: ["openai/x", "c"], c: "a" }), [
    `${at}.c goes in a circle: a → b → c → a`,
  ]);
  assertEquals(faults({ a: ["a"] }), [`${at}.a[0] goes in a circle: a → a`]);
  assertEquals(faults({ "openai/a": "openai/b", "openai/b": ["openai/a"] }), [
    `${at}["openai/b"][0] goes in a circle: openai/a → openai/b → openai/a`,
  ]);
});

test("a target without a provider is refused, with the route that was meant", () => {
  assertEquals(faults({ fast: "openai/a", all: ["fsat"] }), [
    `${at}.all[0] must be provider/model or the name of another route, got "fsat" (did you mean "fast"?)`,
  ]);
  assertEquals(faults({ all: "openai/" }), [
    `${at}.all must be provider/model or the name of another route, got "openai/"`,
  ]);
  assertEquals(faults({ all: "/gpt" }).length, 1);
});

test("a target of an unknown provider is refused", () => {
  assertEquals(faults({ all: ["openai/a", "opnai/b"] }), [
    `${at}.all[1] names the provider "opnai", which is not known (did you mean "openai"?)`,
  ]);
  assertStringIncludes(faults({ all: "acme/b" })[0]!, "which is not known (known are openai, ");
  assertEquals(faults({ all: "custom-acme/b" }), [
    `${at}.all names the provider "custom-acme", which is not configured: write providers.custom-acme`,
  ]);
});

test("a configured custom provider can be named, and the demo when it is on", () => {
  const routes = { all: ["custom-acme/b", "demo/echo"] };
  const { gateways } = settingsOf({
    demo: true,
    providers: { "custom-acme": { baseUrl: "https://acme.example" } },
    gateways: { default: { routes } },
  });
  assertEquals(gateways.get("default")!.routes.get("all")?.models, routes.all);
});

test("a route must lead somewhere", () => {
  assertEquals(faults({ all: [] }), [`${at}.all is empty: list models, or leave it out`]);
  assertEquals(faults({ all: "" }), [
    `${at}.all must be a model's name: 1 to 256 printable characters without spaces`,
  ]);
  assertEquals(faults({ all: 5 }), [`${at}.all must be a model's name, got a number`]);
});

test("a graph may have other names, and cannot stand in a list", () => {
  const graph = {
    id: "9f8e",
    name: "as exported",
    elements: [start("end"), end()],
  };
  const routes = { graph, alias: "dynamic/graph", second: "alias" };
  const { gateways } = settingsOf({ gateways: { default: { routes } } });
  const read = gateways.get("default")!.routes;
  assertEquals(read.get("graph")!.graph!.name, "graph");
  assertStrictEquals(read.get("alias"), read.get("graph"));
  assertStrictEquals(read.get("second"), read.get("graph"));
  assertEquals(faults({ graph, all: ["graph"] }), [
    `${at}.all[0] names the route "graph", a graph: only models can be listed`,
  ]);
  assertEquals(faults({ graph: { elements: [] } }), [
    `${at}.graph.elements is empty: list elements, or leave it out`,
  ]);
  assertEquals(faults({ graph: { nodes: [] } }), [
    `${at}.graph.nodes is not an option (here are: id, name, elements)`,
    `${at}.graph.elements is missing`,
  ]);
});

test("routes have names that a request can carry", () => {
  for (const name of ["gpt-4o", "openai/gpt-4o", "@cf/a/b", "a:b"]) {
    assertEquals(modelsOf({ [name]: "openai/x" }, name), ["openai/x"]);
  }
  for (const name of ["", "a b", "/a", "a/", "ä"]) {
    assertStringIncludes(faults({ [name]: "openai/x" })[0]!, "is not a route's name");
  }
});

test("targets with weights become a group, also below and above other routes", () => {
  const routes = {
    all: ["cheap", "openai/last"],
    cheap: [{ model: "safe", weight: 3 }, { model: "dynamic/alias", weight: 0.5 }],
    safe: ["ollama/a", "openai/b"],
    alias: "ollama/c",
  };
  const group = {
    targets: [
      { weight: 3, steps: ["ollama/a", "openai/b"] },
      { weight: 0.5, steps: ["ollama/c"] },
    ],
  };
  assertEquals(modelsOf(routes, "cheap"), [group]);
  assertEquals(modelsOf(routes, "all"), [group, "openai/last"]);
});

test("groups are checked like lists: shape, names, circles, graphs", () => {
  const one = { model: "openai/a", weight: 1 };
  assertEquals(faults({ g: [one, "openai/b"] }), [
    `${at}.g[1] must be an object { model, weight }, as others in this list are, got a string`,
  ]);
  assertEquals(faults({ g: [{ model: "openai/a" }, { model: "openai/b", wieght: 1 }] }), [
    `${at}.g[0].weight is missing`,
    `${at}.g[1].wieght is not an option (did you mean "weight"?)`,
    `${at}.g[1].weight is missing`,
  ]);
  for (const weight of [-1, 1_000_001, NaN, Infinity, "1"]) {
    const [fault] = faults({ g: [one, { model: "openai/b", weight }] });
    assertStringIncludes(fault!, `${at}.g[1].weight must be a number from 0 to 1000000, got `);
  }
  assertEquals(
    faults({ g: [{ model: "openai/a", weight: 0 }, { model: "ollama/b", weight: 0 }] }),
    [
      `${at}.g has no weight above 0, so nothing would be drawn`,
    ],
  );
  assertEquals(faults({ g: [one, { model: "a", weight: 1 }], a: "g" }), [
    `${at}.a goes in a circle: g → a → g`,
  ]);
  assertStringIncludes(
    faults({ g: [{ model: "x", weight: 1 }], x: { elements: [start("end"), end()] } })[0]!,
    `${at}.g[0].model names the route "x", a graph`,
  );
  assertStringIncludes(
    faults({ g: [{ model: "opnai/a", weight: 1 }] })[0]!,
    `did you mean "openai"`,
  );
});
