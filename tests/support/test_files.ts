import { globSync } from "node:fs";
import type { Runner } from "./counts.ts";

/** Folders and files that not every runtime runs; tests of one runtime's own ways skip themselves with a reason. */
const ONLY_ON: Record<string, readonly Runner[]> = {
  "tests/clients/": ["node", "node22", "bun", "deno"],
  // Their server is a process, and its clients need sockets.
  "tests/store/redis_": ["node", "node22", "bun", "deno"],
  "tests/serve/open_redis_": ["node", "node22", "bun", "deno"],
  // It starts every runtime by itself.
  "tests/runtimes/": ["node"],
  // A step of its own.
  "tests/package/": [],
};

/** The test files a runtime runs, as paths below the root. `NAME_bun_test.ts` and the like run on one only. */
export function testFiles(runner: Runner, root: string): string[] {
  const all = globSync("tests/**/*_test.ts", {
    cwd: root,
    exclude: ["tests/recordings/**", "**/node_modules/**"],
  });
  return all.map((path) => path.replaceAll("\\", "/")).filter((path) => runsOn(runner, path))
    .sort();
}

function runsOn(runner: Runner, path: string): boolean {
  const named = /_(node|bun|deno|workerd)_test\.ts$/.exec(path)?.[1];
  if (named !== undefined) return runner.startsWith(named);
  const folder = Object.keys(ONLY_ON).find((prefix) => path.startsWith(prefix));
  return folder === undefined || ONLY_ON[folder]!.includes(runner);
}
