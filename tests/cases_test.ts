/** The table of cases and rules speaks of tests that are there, and forgets none of the cases. */
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { CASES, RULES, type Shown } from "./cases/table.ts";

const LAST_CASE = 83;

const sources = new Map<string, string>();

function sourceOf(file: string): string {
  const known = sources.get(file) ?? readFileSync(new URL(file, import.meta.url), "utf8");
  sources.set(file, known);
  return known;
}

/** Whether a file has a text of exactly these characters. */
function isThere([file, name]: Shown): boolean {
  const source = sourceOf(file);
  return ['"', "`"].some((quote) => source.includes(quote + name + quote));
}

test("every test that shows a case or a rule is in its file", () => {
  const shown = [...Object.values(CASES), ...Object.values(RULES)]
    .flatMap((each) => typeof each === "string" ? [] : each);
  assertEquals(shown.filter((each) => !isThere(each)), []);
});

test("every case of sections 4.1 to 4.7 is shown by a test, or says why it can't happen here", () => {
  assertEquals(
    Object.keys(CASES).map(Number),
    Array.from({ length: LAST_CASE }, (_, at) => at + 1),
  );
  for (const each of [...Object.values(CASES), ...Object.values(RULES)]) assert(each.length > 0);
});
