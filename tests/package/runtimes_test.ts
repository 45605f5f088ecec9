/** The packed package in the hands of each runtime: every door answers `demo/echo`, whole and streamed. */
import { assertEquals } from "@std/assert";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { workerdPath } from "../../lib/serve/workerd_path.ts";
import { ask } from "./programs/ask.ts";
import { BIN, installed, NODE22, run, runToEnd, serving } from "./support.ts";

const SAID = "Good morning, dragoman / Good morning, dragoman";

/** What the doors say that need no runtime of their own. */
const ANYWHERE = {
  module: SAID,
  default: SAID,
  worker: SAID,
  codec: "data: [DONE]",
  testing: "Scripted",
  aws: "AWS4-HMAC-SHA256",
  google: "Bearer",
};

/** The default export reads the environment. */
const ENV = { DRAGOMAN_OPEN: "1", DRAGOMAN_CONFIG: '{"demo":true}' };

/** Runs a program as an application would, and compares what it reports. */
async function assertReport(command: string, args: string[], more: Record<string, string>) {
  const { folder } = await installed();
  const out = await run(command, args, { cwd: folder, env: ENV });
  assertEquals(JSON.parse(out), { ...ANYWHERE, serve: SAID, inside: SAID, ...more });
}

test("Node 24", () => assertReport(join(BIN, "node"), ["node.ts"], { listener: SAID }));

test(
  "Node 22",
  { skip: existsSync(NODE22) ? false : "npm has no Node 22 for this machine" },
  () =>
    assertReport(NODE22, ["--experimental-strip-types", "--no-warnings", "node.ts"], {
      listener: SAID,
    }),
);

test("Bun", () => assertReport(join(BIN, "bun"), ["bun.ts"], { mounted: SAID }));

test("Deno", () =>
  assertReport(
    join(BIN, "deno"),
    ["run", "--no-check", "--no-lock", "--allow-net", "--allow-env", "deno.ts"],
    { mounted: SAID },
  ));

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "bundle.js")],
    compatibilityDate = "2025-09-01",
    compatibilityFlags = ["nodejs_compat", "nodejs_compat_populate_process_env"],
    bindings = [
      (name = "OPEN", text = "yes"),
      ${Object.entries(ENV).map((variable) => bindingText(...variable)).join(",\n      ")}
    ]
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`;

function bindingText(name: string, value: string): string {
  return `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`;
}

test("workerd", async () => {
  const { folder } = await installed();
  const options = ["--bundle", "--format=esm", "--target=es2024", "--conditions=workerd"];
  await run(join(BIN, "esbuild"), ["worker.ts", ...options, "--outfile=bundle.js"], {
    cwd: folder,
  });
  writeFileSync(join(folder, "worker.capnp"), CONFIG);
  const worker = await serving(workerdPath(), ["serve", "worker.capnp", "--control-fd=3"], {
    cwd: folder,
    fd: 3,
    ready: /"port":(\d+)/,
  });
  try {
    const origin = `http://127.0.0.1:${worker.port}`;
    assertEquals(await (await fetch(`${origin}/anywhere`)).json(), ANYWHERE);
    assertEquals(await ask(fetch, origin), SAID);
  } finally {
    await worker.stop();
  }
});

test("the command", async () => {
  const { folder } = await installed();
  const command = join(folder, "node_modules/.bin/dragoman");
  const server = await serving(command, ["--port", "0"], {
    cwd: folder,
    fd: 1,
    ready: /http:\/\/localhost:(\d+)/,
  });
  try {
    assertEquals(await ask(fetch, `http://127.0.0.1:${server.port}`), SAID);
  } finally {
    await server.stop();
  }
});

test("the command says in one line that a Node is too old", async () => {
  const { folder } = await installed();
  const old = 'Object.defineProperty(process,"versions",{value:{node:"20.19.0"}})';
  const command = join(folder, "node_modules/dragoman/dist/lib/serve/cli.js");
  const args = ["--import", `data:text/javascript,${old}`, command];
  assertEquals(await runToEnd(join(BIN, "node"), args), {
    code: 1,
    stdout: "",
    stderr: "dragoman needs Node 22 or later; this is Node 20.19.0\n",
  });
});
