/** The command as users start it, on every runtime, as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { watchProgram } from "../support/canary/program.ts";
import { until } from "../support/waiting.ts";

const ROOT = join(import.meta.dirname, "../..");
const TOOLS = join(ROOT, "node_modules/.bin");
const NODE22 = join(ROOT, "node_modules/node22/node_modules/node/bin");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** How each runtime is started: the script of package.json, and where it finds its tools. */
const COMMANDS = {
  "Node 22": ["start:node", `${NODE22}:${TOOLS}`],
  "Node 24": ["start:node", TOOLS],
  Bun: ["start:bun", TOOLS],
  Deno: ["start:deno", TOOLS],
  workerd: ["start:workerd", TOOLS],
} as const;

export type RuntimeName = keyof typeof COMMANDS;
export const RUNTIMES = Object.keys(COMMANDS) as RuntimeName[];

/** Why a runtime cannot be started here. */
export function missing(runtime: RuntimeName): string | false {
  return runtime === "Node 22" && !existsSync(NODE22) && "npm has no Node 22 for this machine";
}

/** A process and what it says. */
export interface Program {
  child: ChildProcess;
  out: string;
  err: string;
  /** Its exit code; `null` when a signal ended it. */
  ended: Promise<number | null>;
}

/** A server that answers. */
export interface LiveServer extends Program {
  port: number;
  /** Without a slash at the end. */
  url: string;
}

const running = new Set<Program>();
after(() => Promise.all(Array.from(running, stop)));

/** Ends a program without waiting for what it still does: that takes a second signal. */
export async function stop({ child, ended }: Program): Promise<void> {
  child.kill("SIGTERM");
  const again = setInterval(() => child.kill("SIGTERM"), 50);
  await ended;
  clearInterval(again);
}

/** Starts a program in the checkout, which reads `input`, if any; it ends with the tests at the latest. */
export function start(
  command: string[],
  env: Record<string, string> = {},
  input?: string,
): Program {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command[0]!, command.slice(1), {
    cwd: ROOT,
    env: { PATH: `${TOOLS}:${PATH}`, HOME, NO_COLOR: "1", ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  const program: Program = { child, out: "", err: "", ended: Promise.resolve(null) };
  const watched = watchProgram(env, input === undefined ? [] : [input.trim()]);
  child.stdout!.setEncoding("utf8").on("data", (data) => program.out = watched(program.out + data));
  child.stderr!.setEncoding("utf8").on("data", (data) => program.err = watched(program.err + data));
  running.add(program);
  program.ended = new Promise((resolve) =>
    child.on("close", (code) => {
      running.delete(program);
      resolve(code);
    })
  );
  return program;
}

/** Waits until a program has said where it listens. */
export async function listening(program: Program, line: RegExp): Promise<LiveServer> {
  const said = () => line.exec(program.out + program.err);
  const done = () => said() !== null || program.child.exitCode !== null;
  await until(done, `the server is ready (${program.err})`, 15_000);
  const port = Number(said()?.[1]);
  if (!port) throw new Error(`the server ended: ${program.err}${program.out}`);
  return Object.assign(program, { port, url: `http://127.0.0.1:${port}` });
}

/** Starts the command on a runtime with this configuration. */
export function startCommand(runtime: RuntimeName, config: object): Promise<LiveServer> {
  const [script, path] = COMMANDS[runtime];
  // What npm runs: first the bundle is made, then `exec`, so that signals reach the server itself.
  const steps = `${scripts[`pre${script}`]} && ${scripts[script]} --port 0`;
  const program = start(["sh", "-c", steps], {
    PATH: `${path}:${process.env.PATH}`,
    DRAGOMAN_CONFIG: JSON.stringify(config),
  });
  return listening(program, /ready on http:\/\/localhost:(\d+)[^]*\n {2}try /);
}

/** What a test gets. */
export interface Stage {
  runtime: RuntimeName;
  server: LiveServer;
}

/** Declares a test on every runtime; all tests of a file share one server each, which `config` describes. */
export function onEveryRuntime(config: () => Promise<object>) {
  const servers = new Map<RuntimeName, Promise<LiveServer>>();
  return (
    name: string,
    body: (stage: Stage) => Promise<void>,
    except: Partial<Record<RuntimeName, string>> = {},
  ): void => {
    for (const runtime of RUNTIMES) {
      const skip = missing(runtime) || except[runtime] || false;
      void test(`${runtime}: ${name}`, { skip }, async () => {
        const server = servers.get(runtime) ?? config().then((it) => startCommand(runtime, it));
        servers.set(runtime, server);
        await body({ runtime, server: await server });
      });
    }
  };
}
