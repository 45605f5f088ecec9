import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import * as rules from "../../lib/providers/model_rules.ts";
import { parameterPage } from "./parameter_page.ts";

test("the page about parameters says what the providers' data says", () => {
  const page = readFileSync(new URL("../../docs/parameters.md", import.meta.url), "utf8");
  assertEquals(
    page,
    parameterPage(PROVIDERS.values()),
    "run: node tests/providers/write_parameters.ts",
  );
});

test("every table of rules is on the page", () => {
  const page = parameterPage(PROVIDERS.values());
  for (const [name, table] of Object.entries(rules)) {
    for (const { match } of table) assert(page.includes(match.replaceAll("|", "\\|")), name);
  }
});
