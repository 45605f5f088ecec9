/**
 * Makes `dist/`, what npm gets: one file for each door of the package and chunks they share, with the types of
 * exactly what the doors speak of. `node scripts/build.ts`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { requiredModules } from "./required_modules.ts";
import { undiciParts } from "./undici_parts.ts";

const ROOT = join(import.meta.dirname, "..");
/** Asked for by what is bundled, which goes on without: nothing of it is to come along by chance. */
const UNASKED = ["@opentelemetry/api"];
const DIST = join(ROOT, "dist");
const COMMAND = "lib/serve/cli.ts";

/** Packages under the MIT licence that don't come with its text, and whose they are: see their repositories. */
const HOLDERS: Record<string, string> = {
  "@redis/client": "Copyright (c) 2022-2025, Redis, inc.",
};

/** A relative module name in a declaration: `from "./x.ts"`, `import("./x.ts"`. */
const RELATIVE = /(?<=\bfrom |\bimport\()"(\.{1,2}\/[^"]+\.ts)"/g;

interface DenoConfig {
  exports: Record<string, string>;
}

/** The doors, as JSR knows them; a test holds npm's list against this one. */
const { exports } = readJson<DenoConfig>("deno.json");
const doors = Object.values(exports).map((path) => path.replace("./", ""));

interface Manifest {
  name: string;
  version: string;
  dependencies: Record<string, string>;
}

/** What npm installs beside the package; every other package is bundled. */
const { dependencies } = readJson<Manifest>("package.json");

rmSync(DIST, { recursive: true, force: true });
const { inputs } = (await bundle([...doors, COMMAND])).metafile;
writeFileSync(join(DIST, "LICENSES.txt"), licences(bundledPackages(Object.keys(inputs))));
chmodSync(join(DIST, COMMAND.replace(/\.ts$/, ".js")), 0o755);
emitTypes(doors);

/** Files of `dist/` lie where their sources lie in the checkout, so that code and types stand side by side. */
function bundle(entryPoints: string[]) {
  return build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2023",
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
    // What a runtime has is found there, and never asked for elsewhere; Redis's client traces where it can.
    external: [...Object.keys(dependencies), ...UNASKED, "bun", "bun:*", "cloudflare:*", "node:*"],
    plugins: [requiredModules, undiciParts],
    logLevel: "warning",
  });
}

/** The packages whose code is in the bundle. */
function bundledPackages(inputs: string[]): string[] {
  const names = inputs.flatMap((path) =>
    /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []
  );
  return [...new Set(names)].sort();
}

/** Their licences, which want to be passed on with the code. */
function licences(packages: string[]): string {
  return packages.map((name) => {
    const { version } = readJson<Manifest>(join("node_modules", name, "package.json"));
    return `${name} ${version}\n\n${licenceOf(name).trim()}\n`;
  }).join("\n---\n\n");
}

function licenceOf(name: string): string {
  const folder = join(ROOT, "node_modules", name);
  const [file] = globSync("LICEN[CS]E*", { cwd: folder });
  if (file !== undefined) return readFileSync(join(folder, file), "utf8");
  const holder = HOLDERS[name];
  if (holder === undefined) throw new Error(`${name} has no licence to pass on`);
  return readFileSync(join(ROOT, "LICENSE"), "utf8").replace(/^Copyright .*$/m, holder);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
}

/** Compiles the types of everything, and keeps those that a door leads to. */
function emitTypes(entries: string[]): void {
  const whole = join(ROOT, "node_modules/.cache/dragoman-types");
  rmSync(whole, { recursive: true, force: true });
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  execFileSync(tsc, ["-p", "tsconfig.build.json", "--outDir", whole], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const queue = entries.map(typesOf);
  const kept = new Set(queue);
  for (const path of queue) {
    const text = readFileSync(join(whole, path), "utf8");
    for (const [, specifier = ""] of text.matchAll(RELATIVE)) {
      const next = typesOf(join(dirname(path), specifier));
      if (!kept.has(next)) queue.push(next);
      kept.add(next);
    }
    mkdirSync(dirname(join(DIST, path)), { recursive: true });
    // The compiler leaves `.ts` in declarations, which not every editor follows.
    writeFileSync(join(DIST, path), text.replace(RELATIVE, (all) => all.replace(/\.ts"$/, '.js"')));
  }
}

function typesOf(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}
