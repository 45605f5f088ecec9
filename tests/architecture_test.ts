import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertEquals, assertGreater } from "@std/assert";
import { ALIASES, PROVIDERS } from "../lib/providers/registry.ts";
import {
  checkCircles,
  checkCodecs,
  checkDoors,
  checkFetch,
  checkFloors,
  checkLengths,
  checkPackages,
  checkProviderNames,
  checkRuntimes,
  importsOf,
  type Sources,
} from "./support/architecture.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCES: Sources = new Map(
  [...globSync("mod.ts", { cwd: ROOT }), ...globSync("lib/**/*.ts", { cwd: ROOT })].map((path) => [
    path.replaceAll("\\", "/"),
    readFileSync(join(ROOT, path), "utf8"),
  ]),
);
const SLUGS = [...PROVIDERS.keys(), ...ALIASES.keys(), "demo"];

const one = (path: string, source: string): Sources => new Map([[path, source]]);

test("the house has files to check", () => {
  assertGreater(SOURCES.size, 20);
});

test("every import goes to its own folder or a lower floor", () => {
  assertEquals(checkFloors(SOURCES), []);
});

test("no imports run in a circle", () => {
  assertEquals(checkCircles(SOURCES), []);
});

test("codecs do not import each other", () => {
  assertEquals(checkCodecs(SOURCES), []);
});

test("packages and runtimes' modules are imported only where they belong", () => {
  assertEquals(checkPackages(SOURCES), []);
});

test("only lib/serve names a runtime", () => {
  assertEquals(checkRuntimes(SOURCES), []);
});

test("nothing but an egress calls fetch", () => {
  assertEquals(checkFetch(SOURCES), []);
});

test("only lib/providers compares a provider's name", () => {
  assertEquals(checkProviderNames(SOURCES, SLUGS), []);
});

test("doors only export", () => {
  assertEquals(checkDoors(SOURCES), []);
});

test("no file is longer than 300 lines", () => {
  assertEquals(checkLengths(SOURCES), []);
});

test("the checker finds every kind of import and no comment", () => {
  const source = [
    'import "./a.ts";',
    "import {",
    "  b,",
    '} from "./b.ts";',
    'import type { C } from "./c.ts";',
    'export * from "./d.ts";',
    'const e = await import("./e.ts");',
    'export type { F } from "./f.ts";',
    '// import "./g.ts";',
    ' * import "./h.ts"',
    'const i = from("./i.ts");',
  ].join("\n");
  assertEquals(importsOf(source).map(({ line, specifier }) => `${line} ${specifier}`), [
    "1 ./a.ts",
    "4 ./b.ts",
    "5 ./c.ts",
    "6 ./d.ts",
    "7 ./e.ts",
    "8 ./f.ts",
  ]);
});

test("the checker refuses imports that go up, sideways or out of the house", () => {
  const floors = (path: string, specifier: string) =>
    checkFloors(one(path, `import "${specifier}";`)).length;
  assertEquals(floors("lib/chat/a.ts", "./b.ts"), 0);
  assertEquals(floors("lib/chat/a.ts", "../errors.ts"), 0);
  assertEquals(floors("lib/random.ts", "./clock.ts"), 0);
  assertEquals(floors("lib/options/mod.ts", "./fault.ts"), 0);
  assertEquals(floors("lib/gateway.ts", "./options/mod.ts"), 0);
  assertEquals(floors("lib/chat/a.ts", "../codecs/x/mod.ts"), 1);
  assertEquals(floors("lib/errors.ts", "./stream/a.ts"), 1);
  assertEquals(floors("lib/stream/a.ts", "../store/b.ts"), 1);
  assertEquals(floors("lib/routing/a.ts", "../telemetry/b.ts"), 1);
  assertEquals(floors("lib/http/a.ts", "../gateway.ts"), 1);
  assertEquals(floors("lib/http/a.ts", "../../tests/b.ts"), 1);
  assertEquals(floors("lib/http/a.ts", "../../mod.ts"), 1);
  assertEquals(checkFloors(one("lib/cellar/a.ts", "")), [
    "lib/cellar/a.ts is in a room that has no floor",
  ]);
});

test("the checker refuses circles, and names them", () => {
  const circle: Sources = new Map([
    ["lib/chat/a.ts", 'import "./b.ts";'],
    ["lib/chat/b.ts", 'import type { C } from "./c.ts";'],
    ["lib/chat/c.ts", 'export * from "./b.ts";'],
  ]);
  assertEquals(checkCircles(circle), ["lib/chat/b.ts → lib/chat/c.ts → lib/chat/b.ts"]);
});

test("the checker refuses a codec that imports another", () => {
  const codec = "lib/codecs/gemini_generate/mod.ts";
  assertEquals(checkCodecs(one(codec, 'import "./text.ts";')), []);
  assertEquals(checkCodecs(one(codec, 'import "../openai_chat/mod.ts";')).length, 1);
});

test("the checker refuses packages and runtimes' modules outside their place", () => {
  const packages = (path: string, name: string) =>
    checkPackages(one(path, `import x from "${name}";`)).length;
  assertEquals(packages("lib/http/router.ts", "itty-router"), 0);
  assertEquals(packages("lib/http/router.ts", "itty-router/IttyRouter"), 0);
  assertEquals(packages("lib/http/guards.ts", "itty-router"), 1);
  assertEquals(packages("lib/options/schema.ts", "valibot"), 0);
  assertEquals(packages("lib/chat/request.ts", "valibot"), 1);
  assertEquals(packages("lib/serve/node.ts", "node:http"), 0);
  assertEquals(packages("lib/secret.ts", "node:crypto"), 1);
  assertEquals(packages("lib/serve/node.ts", "left-pad"), 1);
  const codec = (source: string) => checkPackages(one("lib/codecs/x/wire.ts", source)).length;
  assertEquals(codec('import type { A } from "openai/resources";'), 0);
  assertEquals(codec('import { A } from "openai/resources";'), 1);
  assertEquals(codec('import type { A } from "node:http";'), 1);
});

test("the checker refuses runtimes' globals outside lib/serve", () => {
  assertEquals(checkRuntimes(one("lib/clock.ts", "const x = Deno.env;")), [
    "lib/clock.ts:1 names a runtime",
  ]);
  for (const use of ["Bun.nanoseconds()", "process.env.X", "Buffer.from(x)", "setImmediate(f)"]) {
    assertEquals(checkRuntimes(one("lib/clock.ts", `const x = ${use};`)).length, 1, use);
  }
  assertEquals(checkRuntimes(one("lib/clock.ts", "call.process.x; const process = 1;")), []);
  assertEquals(checkRuntimes(one("lib/serve/bun.ts", "Bun.serve({})")), []);
  assertEquals(checkRuntimes(one("lib/clock.ts", "// Deno.env\nconst x = 1; // Bun.y")), []);
});

test("the checker tells calls of fetch from methods of that name", () => {
  const calls = (path: string, source: string) => checkFetch(one(path, source)).length;
  assertEquals(calls("lib/upstream/call.ts", "const r = await fetch(url, { body });"), 1);
  assertEquals(calls("lib/upstream/call.ts", "return globalThis.fetch(url);"), 1);
  assertEquals(calls("lib/routing/run.ts", "return settings.fetch(url);"), 1);
  assertEquals(calls("lib/upstream/call.ts", "return context.fetch(url);"), 0);
  assertEquals(calls("lib/gateway.ts", "return fetch(f(x), g(y));"), 1);
  assertEquals(calls("lib/upstream/egress.ts", "return fetch(url);"), 0);
  assertEquals(calls("lib/gateway.ts", "{ fetch(request: Request): Promise<Response>; }"), 0);
  assertEquals(calls("lib/gateway.ts", "{ async fetch(request) { return 1; } }"), 0);
  assertEquals(calls("lib/serve/bun.ts", "gateway.fetch(request)"), 0);
});

test("the checker refuses comparisons with a provider's name", () => {
  const compares = (source: string, path = "lib/http/a.ts") =>
    checkProviderNames(one(path, source), SLUGS).length;
  assertEquals(compares('if (slug === "openai") return;'), 1);
  assertEquals(compares('if ("ollama" !== slug) return;'), 1);
  assertEquals(compares('case "anthropic":'), 1);
  assertEquals(compares('if (dialect === "anthropic") return;'), 0);
  assertEquals(compares('if (slug === "openai") return;', "lib/providers/registry.ts"), 0);
  assertEquals(compares('const protocol = "openai_chat"; x === "openai_chat";'), 0);
});

test("the checker refuses a door that does something", () => {
  const doors = (path: string, source: string) => checkDoors(one(path, source)).length;
  const list = 'export {\n  a,\n  type B,\n} from "./a.ts";\nexport type * from "./b.ts";\n';
  assertEquals(doors("mod.ts", list), 0);
  assertEquals(doors("lib/chat/mod.ts", `${list}// Why.\n/** What. */\n`), 0);
  assertEquals(doors("lib/exports/node.ts", `${list}console.log("hello");`), 1);
  assertEquals(doors("lib/exports/codecs/x.ts", "export const a = 1;"), 1);
  assertEquals(doors("lib/model.ts", "export const a = 1;"), 0);
});

test("the checker refuses long files", () => {
  assertEquals(checkLengths(one("lib/a.ts", "x\n".repeat(300))), []);
  assertEquals(checkLengths(one("lib/a.ts", "x\n".repeat(301))).length, 1);
});
