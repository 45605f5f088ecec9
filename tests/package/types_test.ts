/** What TypeScript says of the package: strict, with library files checked, and without any vendor's SDK. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BIN, installed, lend, run } from "./support.ts";

const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  target: "ES2024",
  noEmit: true,
};

async function compile(name: string, compilerOptions: object, files: string[]): Promise<void> {
  const { folder } = await installed();
  const path = join(folder, `tsconfig.${name}.json`);
  writeFileSync(
    path,
    JSON.stringify({ compilerOptions: { ...STRICT, ...compilerOptions }, files }),
  );
  await run(join(BIN, "tsc"), ["-p", path], { cwd: folder });
}

test("an application for Node, resolved as Node does", async () => {
  const consumer = await installed();
  for (const name of ["@types/node", "undici-types"]) lend(consumer, name);
  const options = { module: "NodeNext", moduleResolution: "NodeNext", lib: ["ES2024"] };
  const typescript = { allowImportingTsExtensions: true };
  await compile("nodenext", { ...options, ...typescript, types: ["node"] }, [
    "types.ts",
    "node.ts",
  ]);
});

test("an application for a bundler, with the web's types only", async () => {
  const options = { module: "ESNext", moduleResolution: "Bundler" };
  const lib = ["ES2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"];
  const typescript = { allowImportingTsExtensions: true };
  await compile("bundler", { ...options, ...typescript, lib, types: [] }, [
    "types.ts",
    "worker.ts",
  ]);
});
