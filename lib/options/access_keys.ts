/** From access keys as written to the digests that are kept. */
import type { AccessKey } from "../routing/settings.ts";
import type { Fault } from "./fault.ts";
import type { WrittenAccessKey } from "./schema.ts";

/** Hashes a gateway's access keys, and pushes what is wrong with them to `faults`. */
export function readAccessKeys(
  written: readonly WrittenAccessKey[],
  path: readonly PropertyKey[],
  hash: (text: string) => string,
  faults: Fault[],
): AccessKey[] {
  const digests = new Map<string, number>();
  const names = new Map<string, number>();
  return written.flatMap((item, index) => {
    const at = [...path, index];
    const entry = typeof item === "string" ? { name: `key-${index + 1}`, key: item } : item;
    if ((entry.key === undefined) === (entry.digest === undefined)) {
      faults.push({ path: at, problem: "must have either key or digest" });
      return [];
    }
    const digest = entry.digest?.toLowerCase() ?? hash(entry.key!);
    const { name } = entry;
    reportTwin(digests, digest, index, [...at], "is the same key as", faults);
    reportTwin(names, name, index, [...at, "name"], "is also the name of", faults);
    return [{ name, digest }];
  });
}

function reportTwin(
  seen: Map<string, number>,
  value: string,
  index: number,
  path: PropertyKey[],
  problem: string,
  faults: Fault[],
): void {
  const first = seen.get(value);
  if (first !== undefined) faults.push({ path, problem: `${problem} accessKeys[${first}]` });
  else seen.set(value, index);
}
