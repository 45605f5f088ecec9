/** What is in the package, and what the tools of two registries say of it. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { BIN, installed, ROOT, run } from "./support.ts";

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
}

const read = <T>(name: string) => JSON.parse(readFileSync(join(ROOT, name), "utf8")) as T;
const doors = read<{ exports: Record<string, string> }>("deno.json").exports;

test("npm and JSR have the same doors", () => {
  const { "./package.json": _, ...exports } = read<Manifest>("package.json").exports;
  const expected = Object.entries(doors).map(([name, path]) => {
    const built = path.replace("./", "./dist/").replace(/\.ts$/, "");
    return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
  });
  assertEquals(exports, Object.fromEntries(expected));
});

test("the tarball holds the built doors, their types, and pages of text", async () => {
  const { tarball } = await installed();
  const files = (await run("tar", ["-tzf", tarball])).trim().split("\n");
  const isBuilt = (file: string) => /^package\/dist\/.+\.(js|d\.ts)$/.test(file);
  const other = files.filter((file) => !isBuilt(file)).sort();
  assertEquals(other, [
    "package/LICENSE",
    "package/README.md",
    "package/dist/LICENSES.txt",
    "package/package.json",
  ]);
  for (const path of Object.values(doors)) {
    const built = path.replace("./", "package/dist/").replace(/\.ts$/, "");
    for (const ending of [".js", ".d.ts"]) assert(files.includes(built + ending), built + ending);
  }
});

test("installing it brings exactly its two dependencies", async () => {
  const { folder } = await installed();
  const packages = globSync("node_modules/**/package.json", { cwd: folder });
  const folders = packages.map((path) => path.split(/[\\/]/).slice(1, -1).join("/"));
  const tops = folders.filter((path) => !path.includes("/") && path !== "");
  assertEquals(tops.sort(), ["dragoman", "itty-router", "valibot"]);
  assertEquals(folders.filter((path) => path.includes("node_modules")), []);
});

/** Files that a file of `dist/` needs before it runs, itself among them. */
function staticGraph(dist: string, entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const code = readFileSync(join(dist, entry), "utf8");
  for (const [, specifier = ""] of code.matchAll(/(?:\bfrom|^import) "(\.{1,2}\/[^"]+)"/gm)) {
    staticGraph(dist, join(dirname(entry), specifier), seen);
  }
  return seen;
}

test("what signs, lists prices, and speaks to Redis or to providers comes along, with its licence, and is loaded when it is used", async () => {
  const dist = join((await installed()).folder, "node_modules/dragoman/dist");
  const licences = readFileSync(join(dist, "LICENSES.txt"), "utf8");
  const packages = [...licences.matchAll(/^([a-z0-9@/-]+) \d+\.\d+\.\d+$/gm)].map(([, name]) =>
    name
  );
  const bundled = ["@pydantic/genai-prices", "@redis/client", "aws4fetch", "jose", "undici"];
  assertEquals(packages, bundled);
  const loaded = staticGraph(dist, "mod.js");
  assert(loaded.size > 3);
  for (const name of ["sign_aws", "sign_jws", "node_redis", "node_egress", "genai_price_table"]) {
    const chunks = globSync(`chunks/${name}-*.js`, { cwd: dist });
    assertEquals(chunks.length, 1, name);
    assertFalse(loaded.has(chunks[0]!), name);
  }
});

test("publint has nothing to say", async () => {
  const { tarball } = await installed();
  const said = await run(join(BIN, "publint"), [tarball, "--strict"]);
  assert(said.includes("All good"), said);
});

test("attw resolves every door's types", async () => {
  const { tarball } = await installed();
  await run(join(BIN, "attw"), [tarball, "--profile", "esm-only", "--no-emoji"]);
});

test("JSR would take it", async () => {
  await run(join(BIN, "deno"), ["publish", "--dry-run", "--allow-dirty"]);
});

test("everything that a door exports is documented", async () => {
  await run(join(BIN, "deno"), ["doc", "--lint", ...Object.values(doors)]);
});
