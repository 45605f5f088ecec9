/** The package as an application has it: built, packed, and installed without a network. */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

export const ROOT = join(import.meta.dirname, "../..");
export const BIN = join(ROOT, "node_modules/.bin");

/** Node 22 where npm has it for this machine. */
export const NODE22 = join(ROOT, "node_modules/node22/node_modules/node/bin/node");

/** How a command ended, and what it said. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where a command runs, by default the checkout, and what is added to its environment. */
interface Place {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a command to its end. */
export function runToEnd(command: string, args: string[], place: Place = {}): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...place.env };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, ...place, env });
    const ended = { code: 0, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => ended.stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text) => ended.stderr += text);
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ended, code: code ?? -1 }));
  });
}

/** Runs a command that must succeed, and gives what it printed. */
export async function run(command: string, args: string[], place: Place = {}): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(command, args, place);
  if (code === 0) return stdout;
  // Deno warns at length of types that packages of the checkout would have, if others were there.
  const said = (stdout + stderr).replace(/^Warning .*\n +at .*\n/gm, "");
  throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${said}`);
}

/** An application that has installed the package. */
export interface Consumer {
  folder: string;
  tarball: string;
}

let consumer: Promise<Consumer> | undefined;

/** Installed once for all tests, which share a process. */
export function installed(): Promise<Consumer> {
  return consumer ??= install();
}

/** Programs are written in a folder of their own, so that they find the package as an application would. */
async function install(): Promise<Consumer> {
  const folder = mkdtempSync(join(tmpdir(), "dragoman-package-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await run("npm", ["run", "build"]);
  const packed = await run("npm", ["pack", "--json", "--pack-destination", folder]);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  const dependencies = {
    dragoman: `file:${filename}`,
    // The same versions as the package asks for, so npm takes them for its own dependencies.
    "itty-router": `file:${join(ROOT, "node_modules/itty-router")}`,
    valibot: `file:${join(ROOT, "node_modules/valibot")}`,
  };
  const manifest = { name: "consumer", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--offline", "--install-links", "--no-audit", "--no-fund"], {
    cwd: folder,
  });
  cpSync(join(import.meta.dirname, "programs"), folder, { recursive: true });
  return { folder, tarball: join(folder, filename) };
}

/** Lends a package of the checkout to the application. */
export function lend({ folder }: Consumer, name: string): void {
  const link = join(folder, "node_modules", name);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(ROOT, "node_modules", name), link);
}

/** A process that serves; `ready` finds its address in what it writes to the given file descriptor. */
export async function serving(
  command: string,
  args: string[],
  { cwd, fd, ready }: { cwd: string; fd: 1 | 3; ready: RegExp },
): Promise<{ port: string; stop(): Promise<void> }> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.on("error", reject);
    for (const stream of [child.stdout, child.stderr, child.stdio[fd]]) {
      stream?.on("data", (data) => {
        said += data;
        const found = ready.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    void ended.then(() => reject(new Error(`${command} ended: ${said}`)));
  });
  return {
    port,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
