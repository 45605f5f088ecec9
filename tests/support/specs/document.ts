/** The vendors' own descriptions of their interfaces, in a folder beside the checkout. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A piece of a description. */
export type Node = Record<string, unknown>;

const DIRECTORY = process.env.SPECS_DIR ??
  fileURLToPath(new URL("../../../../shared/specs", import.meta.url));

/** One description; `undefined` where it is not at hand. */
export function readDocument(name: string): Node | undefined {
  const path = `${DIRECTORY}/${name}`;
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  // Some are JSON under another name, which JSON's own reader takes a hundredth of the time for.
  return (text.trimStart().startsWith("{") ? JSON.parse(text) : parse(text)) as Node;
}
