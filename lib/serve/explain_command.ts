/** `dragoman explain`: tells people where a request would go. */
import { readFileSync } from "node:fs";
import { scanObject } from "../json/scan_object.ts";
import type { ExplainedElement, ExplainedStep, Explanation } from "../routing/explain.ts";
import { UsageError } from "./cli_arguments.ts";
import { withDoor } from "./command_door.ts";
import { EXPLAIN_HELP, type ExplainLine, parseExplainArguments } from "./explain_arguments.ts";
import { endingOnMistakes } from "./startup.ts";

/** Explains what the command line describes; exits by itself on a mistake. */
export function runExplain(argv: readonly string[]): Promise<void> {
  return endingOnMistakes(async () => {
    const line = parseExplainArguments(argv);
    if (line.help) return console.log(EXPLAIN_HELP);
    await withDoor(line, async ({ gateway, settings }) => {
      // Whoever can read the configuration may know where it leads.
      const context = { principal: { name: "dragoman explain" } };
      const said = await gateway.explain(requestOf(line, settings.basePath), context);
      console.log(line.json ? JSON.stringify(said, undefined, 2) : explanationText(said));
    });
  });
}

function requestOf(line: ExplainLine, basePath: string): Request {
  const { gateway, headers } = line;
  const url = `http://localhost${basePath}/v1/explain/${encodeURIComponent(gateway)}`;
  return new Request(`${url}/compat/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(bodyOf(line)),
  });
}

function bodyOf({ body, file, model }: ExplainLine): Record<string, unknown> {
  const text = file === undefined ? body : readBody(file);
  const written = text === undefined
    ? { messages: [{ role: "user", content: "Hello" }] }
    : scanObject(text).value;
  return model === undefined ? written : { ...written, model };
}

function readBody(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`cannot read ${file}`);
  }
}

/** An explanation for people. */
export function explanationText(said: Explanation): string {
  const { gateway, model, why, path, steps, fallback, refusal } = said;
  const lines = [`${model} on gateway ${gateway}: ${why}`, ""];
  if (path.length > 0) lines.push(...table(path.map(elementRow)), "");
  if (steps.length > 0) lines.push("models", ...table(steps.map(stepRow)), "");
  if (fallback.length > 0) {
    lines.push("if all of them fail", ...table(fallback.map(elementRow)), "");
  }
  if (refusal !== undefined) {
    lines.push(`the caller gets ${refusal.status} (${refusal.code}): ${refusal.message}`, "");
  }
  return lines.join("\n").trimEnd();
}

function elementRow({ id, type, output, why }: ExplainedElement): string[] {
  return [id, type, output === undefined ? "" : `→ ${output}`, why];
}

const KEYS: Record<ExplainedStep["key"], string> = {
  request: "key of the request",
  stored: "stored key",
  "not needed": "no key needed",
  missing: "no key",
  "not allowed": "not allowed",
};

function stepRow({ provider, model, key, attempts, why }: ExplainedStep, at: number): string[] {
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  return [`${at + 1}. ${provider}/${model}`, KEYS[key], tries, why];
}

/** Columns as wide as what stands in them. */
function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    "  " + row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()
  );
}
