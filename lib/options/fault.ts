import type { BaseIssue } from "valibot";
import { GatewayError } from "../errors.ts";

/** One thing wrong with a configuration. */
export interface Fault {
  path: readonly PropertyKey[];
  /** What follows the path in a sentence: `must be …`. Never holds a secret. */
  problem: string;
}

/** What a shape found wrong; `path` is where the value it was given stands. */
export function toFault(issue: BaseIssue<unknown>, path: readonly PropertyKey[] = []): Fault {
  const below = (issue.path ?? []).map(({ key }) => key as PropertyKey);
  return { path: [...path, ...below], problem: issue.message };
}

/** A path as code would write it: `gateways.default.accessKeys[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    const name = String(step);
    if (typeof step === "number") text += `[${name}]`;
    else if (!/^[\w-]+$/.test(name)) text += `[${JSON.stringify(name.slice(0, 80))}]`;
    else text += text === "" ? name : `.${name}`;
  }
  return text || "the configuration";
}

/** The error 2116 that lists every fault, one a line. */
export function configurationError(faults: readonly Fault[]): GatewayError {
  const lines = faults.map(({ path, problem }) => `${pathText(path)} ${problem}`);
  const list = lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n  ${line}`).join("");
  return new GatewayError(2116, `Cannot use the configuration:${list}`, {
    param: faults[0] && pathText(faults[0].path),
  });
}

/** A harmless value as a message shows it: numbers, short texts and words as they are, else its kind. */
export function show(value: unknown): string {
  if (typeof value === "string" && value.length <= 40) return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return kind(value);
}

/** What sort of thing a value is, for those that must not be shown. */
export function kind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value === "" ? "an empty string" : "a string";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
