/**
 * Makes `dist/`, what npm gets: one file for each door of the package and chunks they share, with the types of
 * exactly what the doors speak of. `node scripts/build.ts`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
const COMMAND = "lib/serve/cli.ts";

/** A relative module name in a declaration: `from "./x.ts"`, `import("./x.ts"`. */
const RELATIVE = /(?<=\bfrom |\bimport\()"(\.{1,2}\/[^"]+\.ts)"/g;

interface DenoConfig {
  exports: Record<string, string>;
}

/** The doors, as JSR knows them; a test holds npm's list against this one. */
const { exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8")) as DenoConfig;
const doors = Object.values(exports).map((path) => path.replace("./", ""));

rmSync(DIST, { recursive: true, force: true });
await bundle([...doors, COMMAND]);
chmodSync(join(DIST, COMMAND.replace(/\.ts$/, ".js")), 0o755);
emitTypes(doors);

/** Files of `dist/` lie where their sources lie in the checkout, so that code and types stand side by side. */
async function bundle(entryPoints: string[]): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    outbase: ROOT,
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    target: "es2023",
    chunkNames: "chunks/[name]-[hash]",
    // Found where the runtime has it, and never asked for elsewhere.
    external: ["cloudflare:*"],
    logLevel: "warning",
  });
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
