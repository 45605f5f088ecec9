/** Every example of the documentation compiles in an application, runs there, and prints what it says. */
import { assertEquals, assertGreater } from "@std/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { redisMissing, type RedisServer, startRedis } from "../support/redis_server.ts";
import { type Example, examplesOf } from "./examples.ts";
import { BIN, installed, lend, ROOT, run } from "./support.ts";

const examples = examplesOf(ROOT);

const noRedis = redisMissing();
let redis: RedisServer | undefined;
before(async () => {
  if (!noRedis) redis = await startRedis();
});
after(() => redis?.stop());

/** Only Deno has its own types. */
const isForDeno = ({ code }: Pick<Example, "code">) => code.includes("Deno.");
const nameOf = ({ place }: Example) => `example_${place.replace(/\W+/g, "_")}.ts`;

test("there are examples", () => assertGreater(examples.length, 10));

test("examples compile", async () => {
  const consumer = await installed();
  const packages = ["openai", "bun-types", "@redis/client", "@pydantic/genai-prices"];
  for (const name of packages) lend(consumer, name);
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
  const config = {
    compilerOptions,
    files: examples.filter((example) => !isForDeno(example)).map(nameOf),
  };
  writeFileSync(join(consumer.folder, "tsconfig.examples.json"), JSON.stringify(config));
  await run(join(BIN, "tsc"), ["-p", "tsconfig.examples.json"], { cwd: consumer.folder });
});

/** The runtime an example is for. */
function commandOf({ code }: Pick<Example, "code">): [command: string, args: string[]] {
  if (code.includes('"dragoman/bun"')) return ["bun", []];
  if (isForDeno({ code })) return ["deno", ["run", "--check", "--unstable-kv", "--no-lock"]];
  if (code.includes('"dragoman/deno"')) return ["deno", ["run", "--allow-net", "--no-lock"]];
  return ["node", ["--no-warnings"]];
}

for (const example of examples) {
  const skip = example.code.includes("REDIS_URL") && noRedis;
  test(`${example.place} runs`, { skip }, async () => {
    const { folder } = await installed();
    const [command, args] = commandOf(example);
    const place = { cwd: folder, env: { REDIS_URL: redis?.url ?? "" } };
    const out = await run(join(BIN, command), [...args, nameOf(example)], place);
    if (example.prints !== undefined) assertEquals(out.trimEnd(), example.prints);
  });
}
