/** Every example of the documentation compiles in an application, runs there, and prints what it says. */
import { assertEquals, assertGreater } from "@std/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Example, examplesOf } from "./examples.ts";
import { BIN, installed, lend, ROOT, run } from "./support.ts";

const examples = examplesOf(ROOT);
const nameOf = ({ place }: Example) => `example_${place.replace(/\W+/g, "_")}.ts`;

test("there are examples", () => assertGreater(examples.length, 10));

test("examples compile", async () => {
  const consumer = await installed();
  for (const name of ["openai", "bun-types"]) lend(consumer, name);
  lend(consumer, "@types/node");
  for (const example of examples) {
    writeFileSync(join(consumer.folder, nameOf(example)), `${example.code}\nexport {};\n`);
  }
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "NodeNext",
    target: "ESNext",
    lib: ["ESNext", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    types: ["node", "bun-types"],
    // An application of Node's and Bun's types at once is only seen here.
    skipLibCheck: true,
  };
  const config = { compilerOptions, files: examples.map(nameOf) };
  writeFileSync(join(consumer.folder, "tsconfig.examples.json"), JSON.stringify(config));
  await run(join(BIN, "tsc"), ["-p", "tsconfig.examples.json"], { cwd: consumer.folder });
});

/** The runtime an example is for. */
function commandOf({ code }: Example): [command: string, args: string[]] {
  if (code.includes('"dragoman/bun"')) return ["bun", []];
  if (code.includes('"dragoman/deno"')) return ["deno", ["run", "--allow-net", "--no-lock"]];
  return ["node", ["--no-warnings"]];
}

for (const example of examples) {
  test(`${example.place} runs`, async () => {
    const { folder } = await installed();
    const [command, args] = commandOf(example);
    const out = await run(join(BIN, command), [...args, nameOf(example)], { cwd: folder });
    if (example.prints !== undefined) assertEquals(out.trimEnd(), example.prints);
  });
}
