/**
 * What state costs, on one runtime: the CPU of a gateway with access keys, cache and limits on beside the same gateway
 * with them off, and of a hit in the cache beside a bare proxy. Everything is on loopback; Linux only, since it reads
 * `/proc`. Ratios are taken within a round, and their median told: `npm run bench -- bun|node [rounds] [seconds]`
 *
 * Of each there are several processes, which take turns: where in memory a process happens to lie makes it quicker or
 * slower than its like, by a tenth and more, as long as it lives.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const ROOT = join(import.meta.dirname, "../..");

/** As `npm start` sets it. */
const BUN = {
  BUN_CONFIG_MAX_HTTP_REQUESTS: "65535",
  MIMALLOC_PURGE_DELAY: "1000",
  MIMALLOC_PURGE_HOLES: "0",
};

const [runtime = "bun", rounds = "9", seconds = "1"] = process.argv.slice(2);
if (runtime !== "bun" && runtime !== "node") {
  console.error("usage: npm run bench -- bun|node [rounds] [seconds]");
  process.exit(2);
}

const KEY = "bench-access-key-0123456789";
const CONNECTIONS = 32;
/** Processes of each kind. */
const COPIES = 3;
/** Seconds: until then an engine still compiles, which takes the longer the more code there is. */
const WARM_UP = 6;
/** Ticks of `/proc/PID/stat` a second. */
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

const ANSWER = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "gpt-5-mini",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "word ".repeat(80), refusal: null },
    logprobs: null,
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 12, completion_tokens: 80, total_tokens: 92 },
});

interface Target {
  name: string;
  port: number;
  process: ChildProcess;
  /** The words of request number `at`. */
  prompt: (at: number) => string;
}

const upstream = createServer((incoming, outgoing) => {
  incoming.resume();
  incoming.on("end", () => {
    outgoing.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(ANSWER),
    });
    outgoing.end(ANSWER);
  });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

execFileSync("node", ["scripts/bundle_command.ts", runtime], { cwd: ROOT, stdio: "inherit" });
const folder = mkdtempSync(join(tmpdir(), "dragoman-bench-"));

const providers = { openai: { baseUrl: `${origin}/v1`, apiKey: "k" } };
const cached = { providers, gateways: { default: { accessKeys: [KEY], cache: { ttl: 600 } } } };
const all = {
  providers,
  gateways: {
    default: {
      accessKeys: [{ name: "bench", key: KEY, limits: [{ of: "tokens", limit: 1e12, per: 60 }] }],
      cache: { ttl: 600 },
      limits: [
        { of: "requests", limit: 1e9, per: 60 },
        { of: "concurrency", limit: 1000 },
      ],
    },
  },
};

/** Requests so far, so that no two are the same. */
let asked = 0;

const other = (at: number) => `Say something about ${at}`;
const targets: Target[] = [];
try {
  const bare = [join(ROOT, "tests/bench/bare_proxy.ts"), "PORT", origin];
  for (let copy = 0; copy < COPIES; copy++) {
    targets.push(await start("bare proxy", bare, other));
    targets.push(await start("off", command("off", { providers }), other));
    targets.push(await start("on", command("on", all), other));
    targets.push(await start("hit", command("hit", cached), () => "Say it again"));
  }
  const kinds = targets.length / COPIES;

  for (const target of targets) await measure(target, WARM_UP);
  const costs: Record<string, number[]> = {};
  for (let round = 0; round < Number(rounds); round++) {
    const first = (round % COPIES) * kinds;
    for (const target of targets.slice(first, first + kinds)) {
      (costs[target.name] ??= []).push(await measure(target, Number(seconds)));
    }
  }
  console.log(`${runtime}: µs of CPU a request, ${rounds} rounds of ${seconds} s`);
  for (const [name, list] of Object.entries(costs)) {
    console.log(`  ${name.padEnd(12)} ${median(list).toFixed(1)}`);
  }
  const ratio = (a: string, b: string) =>
    median(costs[a]!.map((cost, at) => cost / costs[b]![at]!)).toFixed(2);
  console.log(`  on ÷ off ${ratio("on", "off")}, hit ÷ bare proxy ${ratio("hit", "bare proxy")}`);
} finally {
  for (const target of targets) target.process.kill();
  upstream.closeAllConnections();
  upstream.close();
  rmSync(folder, { recursive: true });
}

/** The command line of a gateway with this configuration. */
function command(name: string, config: unknown): string[] {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const program = runtime === "bun" ? "bun/cli.js" : "node/cli.mjs";
  const path = join(ROOT, "node_modules/.cache/dragoman", program);
  const flags = runtime === "node" ? ["--max-semi-space-size=16"] : [];
  return [...flags, path, "--port", "PORT", "--config", file];
}

/** Starts a program on a free port, and waits until it answers. */
async function start(
  name: string,
  args: readonly string[],
  prompt: (at: number) => string,
): Promise<Target> {
  const port = await freePort();
  const child = spawn(
    join(ROOT, "node_modules/.bin", runtime),
    args.map((word) => word === "PORT" ? String(port) : word),
    {
      cwd: ROOT,
      env: { ...process.env, ...BUN },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const target = { name, port, process: child, prompt };
  for (let tries = 0; tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (await ask(target, agentFor(1), 0).catch(() => 0) === 200) return target;
  }
  child.kill();
  throw new Error(`${name} does not answer`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function agentFor(connections: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

/** Microseconds of CPU a request, while as many are under way as there are connections. */
async function measure(target: Target, length: number): Promise<number> {
  const agent = agentFor(CONNECTIONS);
  const before = cpuOf(target.process.pid!);
  const end = Date.now() + length * 1000;
  let done = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (Date.now() < end) {
      const status = await ask(target, agent, asked++);
      if (status !== 200) throw new Error(`${target.name} answered ${status}`);
      done++;
    }
  }));
  agent.destroy();
  return (cpuOf(target.process.pid!) - before) * 1e6 / done;
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function ask({ port, prompt }: Target, agent: Agent, at: number): Promise<number> {
  const messages = [{ role: "user", content: prompt(at) }];
  const body = JSON.stringify({ model: "openai/gpt-5-mini", messages });
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cf-aig-authorization": `Bearer ${KEY}`,
  };
  return new Promise((resolve, reject) => {
    const path = "/v1/chat/completions";
    const request = httpRequest({ port, path, method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    request.on("error", reject);
    request.end(body);
  });
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1]!;
}
