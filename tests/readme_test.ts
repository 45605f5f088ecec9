import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../lib/clock.ts";
import { ERROR_CATALOGUE } from "../lib/error_catalogue.ts";
import { checkOptions } from "../lib/options/mod.ts";
import { parseConfig } from "../lib/serve/config_file.ts";
import { namedPriceTable } from "../lib/serve/price_table.ts";
import { createMemoryStore } from "../lib/store/memory.ts";
import { VERSION } from "../lib/version.ts";
import { accountText } from "./support/google.ts";

const docs = join(import.meta.dirname!, "../docs");
const read = (name: string) => readFileSync(join(import.meta.dirname!, "..", name), "utf8");

test("the table of errors is the catalogue", () => {
  const page = read("docs/errors.md").replace(/ +/g, " "); // the formatter pads tables
  for (const [code, { status, cause, fix }] of Object.entries(ERROR_CATALOGUE)) {
    assertStringIncludes(page, `| ${code} | ${status} | ${cause} ${fix} |`);
  }
  const rows = page.match(/^\| \d{4} \| /gm) ?? [];
  assertEquals(rows.length, Object.keys(ERROR_CATALOGUE).length);
});

test("every configuration in the README and the pages is one that can be used", async () => {
  const pages = ["README.md", ...readdirSync(docs).sort().map((name) => `docs/${name}`)];
  const blocks = pages.flatMap((page) =>
    [...read(page).matchAll(/```json\n(.*?)```/gs)].map(([, text]) => ({ page, text: text! }))
  );
  assert(blocks.length >= 4);
  const store = createMemoryStore({ clock: systemClock });
  const priceTable = await namedPriceTable({ priceTable: "genai-prices" });
  const env = new Proxy({}, { get: () => "a-secret-of-more-than-32-characters" });
  for (const { page, text } of blocks) {
    const options = parseConfig(text, page, { env, readText: () => accountText() });
    checkOptions(options, { openByDefault: false, openRedis: () => store, priceTable });
  }
});

test("the version is the same wherever it is written", () => {
  assertEquals(JSON.parse(read("package.json")).version, VERSION);
  assertEquals(JSON.parse(read("deno.json")).version, VERSION);
});
