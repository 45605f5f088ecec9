/** The examples of the documentation: every ```ts block of a comment in the sources, of the README and of `docs/`. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One example. */
export interface Example {
  /** Where it stands: `lib/gateway.ts:48`. */
  place: string;
  code: string;
  /** What it prints, by its `console.log(…); // …`; absent where nothing says. */
  prints?: string;
}

export function examplesOf(root: string): Example[] {
  const sources = ["mod.ts", ...globSync("lib/**/*.ts", { cwd: root }).sort()];
  const commented = sources.flatMap((path) => blocks(root, path, /^ *\* ?/));
  const pages = ["README.md", ...globSync("docs/*.md", { cwd: root }).sort()];
  const shown = pages.flatMap((path) => blocks(root, path, /^/));
  return [...commented, ...shown].map((example) => {
    const said = [...example.code.matchAll(/^ *console\.log\(.*\); \/\/ (.+)$/gm)];
    return said.length === 0
      ? example
      : { ...example, prints: said.map(([, text]) => text).join("\n") };
  });
}

function blocks(root: string, path: string, margin: RegExp): Example[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n")
    .map((line) => line.replace(margin, ""));
  const found: Example[] = [];
  for (let at = lines.indexOf("```ts"); at !== -1; at = lines.indexOf("```ts", at + 1)) {
    const end = lines.indexOf("```", at);
    // In the checkout the pages' examples take the sources.
    const code = lines.slice(at + 1, end).join("\n").replaceAll('"./mod.ts"', '"dragoman"');
    found.push({ place: `${path}:${at + 1}`, code });
  }
  return found;
}
