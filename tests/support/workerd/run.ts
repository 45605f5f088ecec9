/**
 * Runs the test files in workerd, each as a Worker of its own: `node tests/support/workerd/run.ts`, with
 * `--nodejs-compat` for a workerd that has Node's modules, and with paths for some files only.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { workerdPath } from "../../../lib/serve/workerd_path.ts";
import { type Counts, countsLine } from "../counts.ts";
import { testFiles } from "../test_files.ts";
import { bundleTests, bundleWorker } from "./bundle.ts";
import type { Outcome } from "./collector.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Suites whose first test opens the server that the others need. */
const STAGED: Record<string, string> = { "tests/faults/": "node:net" };

/** What workerd adds to the Workers of some files, as Cap'n Proto text. */
const BOUND: Record<string, string> = {
  "tests/store/cloudflare_workerd_test.ts": `
      durableObjectNamespaces = [(className = "TestObject", uniqueKey = "store", enableSql = true)],
      durableObjectStorage = (localDisk = "disk"),
      bindings = [
        (name = "COUNTERS", durableObjectNamespace = "TestObject"),
        (name = "KV", kvNamespace = "kv")
      ],`,
};

type Line = Outcome & { file: string; name: string };

/** Tells what a stack frame points at. */
const nameOf = (path: string) =>
  path.replace(/^tests\//, "").replace(/\.ts$/, "").replaceAll("/", ".");

function lackOf(path: string): string | undefined {
  const folder = Object.keys(STAGED).find((prefix) => path.startsWith(prefix));
  return folder && STAGED[folder];
}

/** Cap'n Proto text: a service for each bundle, and those that are bound to some. */
function configText(names: Iterable<string>, nodejs: boolean): string {
  const flags = nodejs ? '"nodejs_compat"' : "";
  const worker = (name: string, bound = "") =>
    `(name = "${name}", worker = (${bound}
      modules = [(name = "${name}.js", esModule = embed "${name}.js")],
      compatibilityDate = "2025-09-01", compatibilityFlags = [${flags}]))`;
  const services = [
    ...[...names].map((name) => worker(name, BOUND[files.get(name)!.path.slice(2)])),
    worker("kv"),
    `(name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true))`,
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [${services.join(",\n")}]);\n`;
}

interface Run {
  out: string;
  err: string;
}

function workerd(config: string): Promise<Run> {
  const child = spawn(workerdPath(), ["test", config], { stdio: ["ignore", "pipe", "pipe"] });
  const run: Run = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => run.out += text);
  child.stderr.setEncoding("utf8").on("data", (text) => run.err += text);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(run));
  });
}

/** What the tests said; other words on stdout are the gateway's own. */
function readLines(out: string): Line[] {
  return out.split("\n").filter((line) => line.startsWith('{"file":')).map((line) =>
    JSON.parse(line)
  );
}

function report(lines: Line[]): Counts {
  const reasons = new Map<string, number>();
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of lines) {
    if ("failed" in line) {
      counts.failed++;
      console.log(`FAILED ${line.file}: ${line.name}\n${line.failed}\n`);
    } else if ("skipped" in line) {
      counts.skipped++;
      reasons.set(line.skipped, (reasons.get(line.skipped) ?? 0) + 1);
    } else counts.passed++;
  }
  for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
  return counts;
}

/** workerd runs nothing where one file doesn't load: what it says of that, and then all the others. */
async function runLoadable(names: string[]): Promise<Run & { unloadable: string }> {
  const config = join(folder, "config.capnp");
  writeFileSync(config, configText(names, nodejs));
  const run = await workerd(config);
  const broken = new Set(
    [...run.err.matchAll(/^service (\S+): Uncaught/gm)].map(([, name]) => name),
  );
  const loadable = names.filter((name) => !broken.has(name));
  if (broken.size === 0 || loadable.length === 0) return { ...run, unloadable: "" };
  return { ...await runLoadable(loadable), unloadable: run.err };
}

const [nodejs, wanted] = [
  process.argv.includes("--nodejs-compat"),
  process.argv.slice(2).filter((argument) => !argument.startsWith("--")),
];
const paths = wanted.length > 0 ? wanted : testFiles("workerd", ROOT);
const files = new Map(
  paths.map((path) => [nameOf(path), { path: `./${path}`, lacks: lackOf(path) }]),
);
const folder = mkdtempSync(join(tmpdir(), "dragoman-workerd-"));
const disk = join(folder, "disk");
mkdirSync(disk);
try {
  await bundleWorker(join(import.meta.dirname, "kv_namespace.ts"), join(folder, "kv.js"));
  await bundleTests(files, folder, nodejs);
  const { out, err, unloadable } = await runLoadable([...files.keys()]);
  const counts = report(readLines(out));
  // A file that doesn't load, or breaks off, says nothing of its tests.
  const silent = [...files].filter(([name]) => !err.includes(`[ PASS ] ${name} `));
  counts.failed += silent.length;
  for (const [, { path }] of silent) console.log(`FAILED ${path} does not load or breaks off`);
  if (counts.failed > 0) {
    console.log(unloadable + err.replace(/^.*debug: \[ (TEST|PASS) .*\n/gm, ""));
  }
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
