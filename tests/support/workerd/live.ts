/** A live workerd: one process for all gateways that the tests of a file make. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { GatewayOptions } from "../../../lib/options/mod.ts";
import { freePort } from "../../../lib/serve/listen_error.ts";
import { workerdConfig } from "../../../lib/serve/workerd_config.ts";
import { workerdPath } from "../../../lib/serve/workerd_path.ts";
import { pause } from "../waiting.ts";
import { bundleWorker } from "./bundle.ts";

let starting: Promise<string> | undefined;
let made = 0;

/** Makes a gateway in workerd; resolves with its address, without a slash at the end. */
export async function gatewayInWorkerd(options: GatewayOptions): Promise<string> {
  const url = await (starting ??= startWorkerd());
  const basePath = `/g${++made}`;
  const body = JSON.stringify({ ...options, basePath });
  const { status } = await fetch(`${url}/gateways`, { method: "POST", body });
  if (status !== 200) throw new Error(`the gateway was not made: ${status}`);
  return url + basePath;
}

async function startWorkerd(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dragoman-live-"));
  await bundleWorker(join(import.meta.dirname, "gateways.ts"), join(folder, "worker.js"));
  const port = await freePort("127.0.0.1", 0);
  const config = join(folder, "worker.capnp");
  writeFileSync(join(folder, "options.json"), "{}");
  writeFileSync(config, workerdConfig(`127.0.0.1:${port}`, true));
  const child = spawn(workerdPath(), ["serve", config], { stdio: ["ignore", "ignore", "inherit"] });
  child.unref();
  process.on("exit", () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  while (!await fetch(url).then(() => true, () => false)) await pause(20);
  return url;
}
