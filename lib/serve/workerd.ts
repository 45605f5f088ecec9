import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createDoor } from "../gateway.ts";
import { isLoopback, refuseOwnAddress } from "./address.ts";
import { explainListenError, freePort, isFree } from "./listen_error.ts";
import { runCommand, type Startup, stopWith } from "./startup.ts";
import { startUpSummary } from "./summary.ts";
import { workerdConfig } from "./workerd_config.ts";
import { workerdPath } from "./workerd_path.ts";

/** The Worker as one file, made beside this one: workerd resolves no packages. */
const WORKER = join(dirname(process.argv[1]!), "workerd_entry.mjs");

// `npm run start:workerd`: the same flags, served as a Worker by a workerd of our own.
runCommand(process.argv.slice(2), serve);

async function serve(startup: Startup): Promise<void> {
  const { host, options, config } = startup;
  const port = startup.port === 0 ? await freePort(host, 0) : startup.port;
  const loopback = isLoopback(host);
  const { settings } = createDoor(options, { loopback, openByDefault: loopback });
  refuseOwnAddress(settings, host, port);
  if (!await isFree(host, port)) {
    stopWith(1, await explainListenError({ code: "EADDRINUSE" }, host, port));
  }
  // Readable by this user only, since it holds the keys; gone as soon as workerd has read it.
  const folder = mkdtempSync(join(tmpdir(), "dragoman-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on("exit", remove);
  copyFileSync(WORKER, join(folder, "worker.js"));
  writeFileSync(join(folder, "options.json"), JSON.stringify(options), { mode: 0o600 });
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  writeFileSync(join(folder, "worker.capnp"), workerdConfig(address, loopback));
  const child = spawn(workerdPath(), ["serve", join(folder, "worker.capnp")], { stdio: "inherit" });
  passSignals(child, startup.drainTimeout);
  await listening(host, port);
  remove();
  const facts = { ...startup, settings, port, runtime: "workerd" };
  console.log(startUpSummary({ ...facts, ...(config && { config }) }));
}

/** workerd drains by itself on SIGTERM, without a limit; it ends when we end, and we when it does. */
function passSignals(child: ChildProcess, drainTimeout: number): void {
  let stopping = false;
  const stop = () => {
    child.kill(stopping ? "SIGKILL" : "SIGTERM");
    if (!stopping) setTimeout(() => child.kill("SIGKILL"), drainTimeout);
    stopping = true;
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("exit", () => child.kill("SIGKILL"));
  child.on("error", () => stopWith(1, "workerd cannot be started; is it installed?"));
  child.on("exit", (code) => process.exit(stopping ? 0 : code ?? 1));
}

/** Asked by connecting: trying to listen could take the port from workerd at the wrong moment. */
async function listening(host: string, port: number): Promise<void> {
  while (!await connects(host, port)) await new Promise((resolve) => setTimeout(resolve, 2));
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
