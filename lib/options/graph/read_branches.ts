import type { PercentageNode } from "../../routing/graph/graph.ts";
import type { Fault } from "../fault.ts";

const MOST = 5;

/** Reads the shares that outputs are named by; pushes what is wrong where they don't add up. */
export function readBranches(
  outputs: readonly string[],
  path: readonly PropertyKey[],
  faults: Fault[],
): PercentageNode["branches"] {
  const shares = outputs.filter((output) => output !== "else");
  const sum = shares.reduce((sum, output) => sum + unitsOf(output), 0);
  const problem = sharesFault(shares.length, sum, shares.length < outputs.length);
  if (problem !== undefined) faults.push({ path, problem });
  let upTo = 0;
  const branches = shares.map((output) => ({ output, upTo: (upTo += unitsOf(output)) / ALL }));
  return shares.length < outputs.length ? [...branches, { output: "else", upTo: 1 }] : branches;
}

/** Whole units of a ten-thousandth of a per cent, which add up exactly. */
const PER_CENT = 10_000;
const ALL = 100 * PER_CENT;

function unitsOf(output: string): number {
  return Math.round(Number.parseFloat(output) * PER_CENT);
}

function sharesFault(count: number, sum: number, hasElse: boolean): string | undefined {
  const percent = `${sum / PER_CENT}%`;
  if (count > MOST) return `has ${count} percentages: ${MOST} at most, and else`;
  if (count === 0 && !hasElse) return "is empty: name outputs by percentages, such as 10%, or else";
  if (hasElse) {
    return sum < ALL ? undefined : `has else for nothing: the percentages add up to ${percent}`;
  }
  return sum === ALL
    ? undefined
    : `has percentages that add up to ${percent}, not 100%${sum < ALL ? ": add else" : ""}`;
}
