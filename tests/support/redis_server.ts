/** A Redis of the tests' own: a child process on a free loopback port, which keeps nothing. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
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

/** Ends the server when its own input ends, as it does with whoever started it, however that ends. */
const KEEPER = `command -v redis-server || exit 127
redis-server "$@" <&- &
echo "pid $!"
read -r _
kill -9 $!
wait $!`;

/** Starts one; `port` is that of one that was stopped. */
export async function startRedis({ port = 0, password = "" } = {}): Promise<RedisServer> {
  port ||= await freePort("127.0.0.1", 0);
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  if (password !== "") options.push("--requirepass", password);
  const child = spawn("sh", ["-c", KEEPER, "sh", ...options], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => said += text);
  const ready = () => said.includes("Ready to accept connections");
  const broken = ended.then(() => {
    throw new Error(`redis-server ended, or is not installed: ${said}`);
  });
  await Promise.race([until(ready, "redis-server is ready", 10_000), broken]);
  // A test that fails before it stops the server must not wait for it.
  child.unref();
  for (const pipe of [child.stdin, child.stdout] as { unref?(): void }[]) pipe.unref?.();
  const pid = Number(/^pid (\d+)$/m.exec(said)![1]);
  return {
    port,
    url: `redis://${password && `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    freeze: (frozen) => void process.kill(pid, frozen ? "SIGSTOP" : "SIGCONT"),
    async stop() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
