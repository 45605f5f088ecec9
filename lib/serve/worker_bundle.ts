import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const LIB = fileURLToPath(new URL("..", import.meta.url));

/**
 * The Worker as one file, since workerd resolves no packages; returns its path. Kept beside Node's compiled
 * sources until a source changes: bundling takes 90 ms, more than workerd's own start.
 */
export function workerBundle(): string {
  const folder = join(LIB, "../node_modules/.cache/dragoman");
  const path = join(folder, `worker-${sourcesDigest()}.js`);
  if (exists(path)) return path;
  mkdirSync(folder, { recursive: true });
  // Another start may be doing the same: each writes its own file and moves it into place.
  const own = `${path}.${process.pid}`;
  bundle(own);
  for (const name of readdirSync(folder)) {
    if (name.startsWith("worker-") && name !== basename(own)) rmSync(join(folder, name));
  }
  renameSync(own, path);
  return path;
}

/** What the bundle is made of: names, sizes and times of all sources, and of what is installed. */
function sourcesDigest(): string {
  const sources = [...globSync("**/*.ts", { cwd: LIB }), "../node_modules/.package-lock.json"];
  const hash = createHash("sha256");
  for (const path of sources.sort()) {
    const { size, mtimeMs } = statSync(join(LIB, path), { throwIfNoEntry: false }) ?? {};
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function bundle(outfile: string): void {
  const esbuild = createRequire(import.meta.url).resolve("esbuild/bin/esbuild");
  const entry = join(LIB, "serve/workerd_entry.ts");
  const options = [
    "--bundle",
    "--format=esm",
    "--target=es2024",
    "--conditions=workerd",
    "--minify-syntax",
    "--minify-whitespace",
  ];
  execFileSync(esbuild, [entry, ...options, `--outfile=${outfile}`, "--log-level=error"]);
}
