/** A Redis of the tests' own: a child process on a free loopback port, which keeps nothing. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Readable } from "node:stream";
import { freePort } from "../../lib/serve/listen_error.ts";
import { until } from "./waiting.ts";

/** Why tests that need Redis can't run here; never where `.ci/run` has installed it. */
export function redisMissing(): string | false {
  const installed = spawnSync("redis-server", ["--version"]).status === 0;
  if (installed || process.env.REDIS_REQUIRED === "1") return false;
  return "redis-server is not installed (apt-get install redis-server)";
}

/** A server that answers. */
export interface RedisServer {
  port: number;
  /** `redis://127.0.0.1:PORT`, with the password if there is one. */
  url: string;
  /** Stops answering, without closing a connection; `false` goes on. */
  freeze(frozen: boolean): void;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts one; `port` is that of one that was stopped. It ends with this process at the latest. */
export async function startRedis({ port = 0, password = "" } = {}): Promise<RedisServer> {
  port ||= await freePort("127.0.0.1", 0);
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  if (password !== "") options.push("--requirepass", password);
  const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  child.unref(); // a test that fails leaves it running
  const ended = once(child, "exit"); // rejects when it cannot be started
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => said += text);
  (child.stdout as Readable & { unref?(): void }).unref?.();
  const ready = () => said.includes("Ready to accept connections");
  const broken = ended.then(() => {
    throw new Error(`redis-server ended: ${said}`);
  });
  await Promise.race([until(ready, "redis-server is ready", 10_000), broken]);
  return {
    port,
    url: `redis://${password && `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    // Not `child.kill`, which Deno takes for the end of the child whatever the signal.
    freeze: (frozen) => void process.kill(child.pid!, frozen ? "SIGSTOP" : "SIGCONT"),
    async stop() {
      process.off("exit", kill);
      child.ref();
      kill();
      await ended;
    },
  };
}
