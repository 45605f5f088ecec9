import type { OpenRedis } from "../options/mod.ts";
import { reportDefect } from "./defect.ts";
import { openRedis } from "./open_redis.ts";
import { namedPriceTable } from "./price_table.ts";
import type { RunningServer } from "./running_server.ts";
import { detectRuntime } from "./runtime.ts";
import { checkSharedKeys, doorAt } from "./serve_with.ts";
import { runCommand, type Startup, stopWith } from "./startup.ts";
import { startUpSummary } from "./summary.ts";

/** The `dragoman` command: exits by itself on a mistake, else explains a request, sees to keys in the store, or serves until a signal. */
export async function run(argv: readonly string[]): Promise<void> {
  const [word, ...rest] = argv;
  if (word === "explain") {
    const { runExplain } = await import("./explain_command.ts");
    return await runExplain(rest);
  }
  if (word === "key") {
    const { runKey } = await import("./key_command.ts");
    return await runKey(rest);
  }
  await runCommand(argv, serve);
}

async function serve(startup: Startup): Promise<void> {
  const { host, port, drainTimeout, options } = startup;
  const runtime = await detectRuntime(process.env);
  const open: OpenRedis = (settings) => openRedis(settings, { connect: runtime.connectRedis });
  const brought = { openRedis: open, priceTable: await namedPriceTable(options) };
  const door = doorAt(options, { hostname: host, port }, runtime, brought);
  await checkSharedKeys(door.settings);
  let server: RunningServer;
  try {
    server = await runtime.serve(door, { port, hostname: host, drainTimeout });
  } catch (error) {
    // Loaded when it is needed: `node:net` costs Bun 7 ms of its start.
    const { explainListenError } = await import("./listen_error.ts");
    return stopWith(1, await explainListenError(error, host, port));
  }
  if (runtime.warning !== undefined) console.error(`dragoman: ${runtime.warning}`);
  const { settings } = door;
  const facts = { ...startup, settings, port: server.address.port, runtime: runtime.name };
  console.log(startUpSummary(facts));
  process.on("unhandledRejection", (error) => reportDefect(error));
  stopOnSignal(server);
}

/** The first signal lets running answers finish, a second one doesn't wait for them. */
function stopOnSignal(server: RunningServer): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    server.close().then(() => process.exit(0), () => process.exit(1));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
