/**
 * Runs the whole suite, one step after another, and closes with one line of counts:
 * `node tests/run.ts`, or `node tests/run.ts lint bun` for some steps only.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type Counts, countsLine, readCounts, type Runner } from "./support/counts.ts";
import { testFiles } from "./support/test_files.ts";

const ROOT = join(import.meta.dirname, "..");
const STEP_TIMEOUT = 15 * 60_000;

interface Step {
  name: string;
  command: string[];
  /** Whose summary to count; a step without counts as one failure when it fails, and nothing else. */
  runner?: Runner;
  /** Prints its output even if all is well. */
  loud?: boolean;
  /** Skips the step, and says so, where its command is not installed. */
  optional?: string;
}

/** The oldest Node that is promised; the `node` on the PATH is a newer one. */
const NODE22 = join(ROOT, "node_modules/node22/node_modules/node/bin/node");

const WORKERD = ["node", "tests/support/workerd/run.ts"];

const files = (runner: Runner) => testFiles(runner, ROOT).map((path) => `./${path}`);

const STEPS: Step[] = [
  { name: "fmt", command: ["deno", "fmt", "--check"] },
  { name: "lint", command: ["deno", "lint", "--quiet"] },
  { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types-tests", command: ["tsc", "-p", "tests/tsconfig.json"] },
  { name: "node", runner: "node", command: ["node", "--test", ...files("node")] },
  {
    name: "node22",
    runner: "node22",
    command: [NODE22, "--test", ...files("node22")],
    optional: "npm has no Node 22 for this machine",
  },
  { name: "bun", runner: "bun", command: ["bun", "test", "--timeout=30000", ...files("bun")] },
  {
    name: "deno",
    runner: "deno",
    // Types are checked above, by the compiler everyone uses; Deno KV is there on demand.
    command: ["deno", "test", "--allow-all", "--no-check", "--unstable-kv", ...files("deno")],
  },
  { name: "workerd", runner: "workerd", command: WORKERD, loud: true },
  {
    name: "workerd-node",
    runner: "workerd",
    command: [...WORKERD, "--nodejs-compat"],
    loud: true,
  },
  {
    name: "package",
    runner: "node",
    // One process, in which the package is built, packed and installed once.
    command: ["node", "--test", "--test-isolation=none", "tests/package/*_test.ts"],
  },
  { name: "size", command: ["node", "tests/support/bundle_size.ts"], loud: true },
];

interface Outcome {
  ok: boolean;
  output: string;
}

/** The tools are the checkout's own, also when this file is run without npm. */
const PATH = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`;

function run([command, ...args]: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command!, args, {
      cwd: ROOT,
      env: { ...process.env, PATH, NO_COLOR: "1", FORCE_COLOR: undefined },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: STEP_TIMEOUT,
    });
    let output = "";
    const collect = (chunk: string) => output += chunk;
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", (error) => resolve({ ok: false, output: `${output}${error.message}` }));
    child.on("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** Counts a step; one that says it ran no test, or fails without a failed test, is itself a failure. */
function count(step: Step, { ok, output }: Outcome): Counts {
  if (step.runner === undefined) return { passed: 0, failed: ok ? 0 : 1, skipped: 0 };
  const counts = readCounts(step.runner, output) ?? { passed: 0, failed: 0, skipped: 0 };
  const silent = counts.passed + counts.failed === 0;
  if (silent || (!ok && counts.failed === 0)) counts.failed = 1;
  return counts;
}

/** What is worth reading of a failed step: everything but the tests that passed. */
function worthReading(output: string): string {
  const end = output.indexOf("✖ failing tests:");
  const part = end === -1 ? output : output.slice(end);
  return part.split("\n").filter((line) => !/^(\(pass\)|✔ |.* \.\.\. ok \()/.test(line)).join("\n");
}

async function runStep(step: Step): Promise<Counts> {
  if (step.optional !== undefined && !existsSync(step.command[0]!)) {
    console.log(`${step.name}: skipped, ${step.optional}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const start = performance.now();
  const outcome = await run(step.command);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const counts = count(step, outcome);
  const word = counts.failed > 0 ? "FAILED" : "ok";
  const detail = step.runner === undefined ? "" : `, ${countsLine(counts)}`;
  if (counts.failed > 0) console.log(worthReading(outcome.output).trimEnd());
  else if (step.loud) console.log(`  ${outcome.output.trim()}`);
  console.log(`${step.name}: ${word}${detail} (${seconds} s)`);
  return counts;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
const total: Counts = { passed: 0, failed: unknown.length, skipped: 0 };
if (unknown.length > 0) console.log(`no such step: ${unknown.join(", ")}`);
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  const counts = await runStep(step);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
console.log(countsLine(total));
// Not `process.exit`: it may cut off what a pipe has not taken yet.
process.exitCode = total.failed > 0 || total.passed + total.skipped === 0 ? 1 : 0;
