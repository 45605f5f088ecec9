/**
 * Makes what `npm start` runs: the command in one file, and in Bun's case compiled, because a start from 300
 * sources takes two to five times as long. `node scripts/bundle_command.ts bun|node|deno|workerd`
 *
 * What is made stays below `node_modules/.cache` until a source changes.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { requiredModules } from "./required_modules.ts";
import { undiciParts } from "./undici_parts.ts";

const ROOT = join(import.meta.dirname, "..");
const CACHE = join(ROOT, "node_modules/.cache/dragoman");
const COMMAND = "lib/serve/cli.ts";

/** Writes the files that start a runtime into `folder`. */
const MAKERS: Record<string, (folder: string) => Promise<void>> = {
  bun: (folder) => compileForBun(COMMAND, folder),
  node: (folder) => bundle(COMMAND, folder, DOORS_APART),
  deno: (folder) => bundle(COMMAND, folder, DOORS_APART),
  async workerd(folder) {
    await compileForBun("lib/serve/workerd.ts", folder);
    // workerd resolves no packages.
    await bundle("lib/serve/workerd_entry.ts", folder, { conditions: ["workerd"] });
  },
};

/** A file for each runtime's door: Deno would spend 25 ms on the modules that only Node's needs. */
const DOORS_APART: BuildOptions = {
  platform: "node",
  splitting: true,
  // Redis's client traces where it can, and goes on without.
  external: ["@opentelemetry/api"],
  plugins: [requiredModules, undiciParts],
};

const runtime = process.argv[2] ?? "";
const make = MAKERS[runtime];
if (make === undefined) {
  console.error(`usage: node scripts/bundle_command.ts ${Object.keys(MAKERS).join("|")}`);
  process.exit(2);
}
await keepUpToDate(join(CACHE, runtime), make);

/** Makes the files anew unless they are of these very sources. */
async function keepUpToDate(
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const stamp = join(folder, "sources");
  const digest = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  // Somebody may be running the old files, or making new ones: each is moved into place whole, none is removed.
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  mkdirSync(folder, { recursive: true });
  await make(own);
  writeFileSync(join(own, "sources"), digest);
  const names = readdirSync(own).sort((a, b) => rank(a) - rank(b));
  for (const name of names) renameSync(join(own, name), join(folder, name));
  rmSync(own, { recursive: true });
}

/** What others lean on is moved first: pieces named by their digest, then what loads them, then what vouches for all. */
function rank(name: string): number {
  if (name === "sources") return 2;
  return /-[A-Z0-9]{8}\./.test(name) ? 0 : 1;
}

/** Names, sizes and times of all sources, of these scripts, and of what is installed. */
function digestOfSources(): string {
  const sources = globSync("lib/**/*.ts", { cwd: ROOT });
  const others = [...globSync("scripts/*.ts", { cwd: ROOT }), "node_modules/.package-lock.json"];
  const hash = createHash("sha256");
  for (const path of [...sources.sort(), ...others]) {
    const { size, mtimeMs } = statSync(join(ROOT, path), { throwIfNoEntry: false }) ?? {};
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Names stay as they are: defects are reported by their stack frames. */
async function bundle(entry: string, outdir: string, options: BuildOptions): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2024",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
    ...options,
  });
}

/** One file and its compiled code beside it, which Bun finds by its name. */
function compileForBun(entry: string, outdir: string): Promise<void> {
  const bun = join(ROOT, "node_modules/.bin/bun");
  // Bun has a client for Redis itself, and a long list of prices is best found where it is installed.
  const form = [
    "--target=bun",
    "--format=cjs",
    "--bytecode",
    "--external=@redis/client",
    "--external=@pydantic/genai-prices",
  ];
  const small = ["--minify-syntax", "--minify-whitespace"];
  execFileSync(bun, ["build", entry, ...form, ...small, `--outdir=${outdir}`], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return Promise.resolve();
}
