/** How many tests a runner says it ran, read from what it prints. */

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Which runner's words to read. */
export type Runner = "node" | "node22" | "bun" | "deno" | "workerd";

/** Reads the summary of a runner; `undefined` when there is none, as when it broke off. */
export function readCounts(runner: Runner, output: string): Counts | undefined {
  // deno-lint-ignore no-control-regex -- runners colour their words
  const lines = output.replace(/\x1b\[[\d;]*m/g, "").split("\n");
  return READERS[runner === "node22" ? "node" : runner](lines);
}

const READERS: Record<Exclude<Runner, "node22">, (lines: string[]) => Counts | undefined> = {
  /** `ℹ pass 3`, one line a count. */
  node(lines) {
    const count = (word: string) => lastNumber(lines, new RegExp(`^[ℹ#] ${word} (\\d+)$`));
    const passed = count("pass");
    if (passed === undefined) return undefined;
    return {
      passed,
      failed: (count("fail") ?? 0) + (count("cancelled") ?? 0),
      skipped: (count("skipped") ?? 0) + (count("todo") ?? 0),
    };
  },
  /** ` 3 pass`, one line a count; an error outside of tests counts as a failure. */
  bun(lines) {
    const count = (word: string) => lastNumber(lines, new RegExp(`^ *(\\d+) ${word}$`));
    const passed = count("pass");
    if (passed === undefined) return undefined;
    return {
      passed,
      failed: Math.max(count("fail") ?? 0, count("errors?") ?? 0),
      skipped: (count("skip") ?? 0) + (count("todo") ?? 0),
    };
  },
  /** `ok | 3 passed (2 steps) | 0 failed | 1 ignored (9ms)`. */
  deno(lines) {
    const line = lines.findLast((text) => /^(ok|FAILED) \| /.test(text));
    if (line === undefined) return undefined;
    const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
    const failed = count("failed");
    // A file that doesn't load fails the run without failing a test.
    const broken = line.startsWith("FAILED") && failed === 0 ? 1 : 0;
    return { passed: count("passed"), failed: failed + broken, skipped: count("ignored") };
  },
  /** Our own last line: `3 passed, 0 failed, 1 skipped`. */
  workerd(lines) {
    const line = lines.findLast((text) => /^\d+ passed, \d+ failed/.test(text));
    if (line === undefined) return undefined;
    const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
    return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
  },
};

function lastNumber(lines: string[], pattern: RegExp): number | undefined {
  const found = lines.findLast((line) => pattern.test(line));
  return found === undefined ? undefined : Number(pattern.exec(found)![1]);
}

/** The last line of a run. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
