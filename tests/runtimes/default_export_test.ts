/** `mod.ts` served by the runtimes that serve a module's default export, with nothing but an environment. */
import { assert, assertEquals } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { freePort } from "../../lib/serve/listen_error.ts";
import { workerdPath } from "../../lib/serve/workerd_path.ts";
import { bundleWorker } from "../support/workerd/bundle.ts";
import { pause, until } from "../support/waiting.ts";
import { ask, chat, Connection, post } from "./client.ts";
import { Cloud, question } from "./cloud.ts";
import { begin, content, FIRST, Provider } from "./provider.ts";
import { listening, type LiveServer, start } from "./servers.ts";

const folder = mkdtempSync(join(tmpdir(), "dragoman-worker-"));
after(() => rmSync(folder, { recursive: true }));
const MODULE = join(import.meta.dirname, "../../mod.ts");

const provider = new Provider();
const cloud = new Cloud();
provider.plays.flowing = async (res) => {
  begin(res);
  res.write(FIRST);
  while (!res.destroyed) {
    res.write(content("more "));
    await pause(5);
  }
};

type Env = Record<string, string>;

/** How each runtime serves the module, with this environment. */
const SERVERS: Record<string, (env: Env) => Promise<LiveServer>> = {
  "deno serve": (env) => denoServe(["--allow-net", "--allow-env"], env),
  "bun mod.ts": (env) =>
    listening(start(["bun", "mod.ts"], { PORT: "0", ...env }), /http:\/\/localhost:(\d+)/),
  "a Worker": (env) => worker(env, []),
  "a Worker with nodejs_compat": (env) => worker(env, ["nodejs_compat"]),
};

function denoServe(permissions: string[], env: Env): Promise<LiveServer> {
  const flags = ["--no-prompt", "--port", "0", "--host", "127.0.0.1", ...permissions];
  const program = start(["deno", "serve", ...flags, "mod.ts"], env);
  return listening(program, /http:\/\/127\.0\.0\.1:(\d+)/);
}

/** The bundle as it would be deployed, and its variables as bindings. */
async function worker(env: Env, flags: string[]): Promise<LiveServer> {
  const port = await freePort("127.0.0.1", 0);
  await bundleWorker(MODULE, join(folder, "mod.js"));
  const bindings = Object.entries(env).map(([name, text]) =>
    `(name = "${name}", text = ${JSON.stringify(text)})`
  );
  const config = join(folder, `${port}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "mod.js", esModule = embed "mod.js")],
      compatibilityDate = "2025-09-01", compatibilityFlags = ${JSON.stringify(flags)},
      bindings = [${bindings.join(", ")}], globalOutbound = "net")),
    (name = "net", network = (allow = ["private", "local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);`,
  );
  const program = start([workerdPath(), "serve", config]);
  const url = `http://127.0.0.1:${port}`;
  while (!await fetch(url).then(() => true, () => program.child.exitCode !== null)) await pause(20);
  return Object.assign(program, { port, url });
}

for (const [name, serve] of Object.entries(SERVERS)) {
  test(`${name}: the default export answers, streams, and calls off`, async () => {
    const server = await serve({
      DRAGOMAN_OPEN: "1",
      DRAGOMAN_CONFIG: JSON.stringify({ providers: await provider.settings() }),
    });
    const whole = await (await ask(server.url, chat("whole"))).json();
    assertEquals(whole.choices[0].message.content, "good");
    const stream = await (await ask(server.url, chat("stream", { stream: true }))).text();
    assert(stream.includes('"good"') && stream.endsWith("data: [DONE]\n\n"), stream);
    const model = `flowing:${server.port}`;
    const connection = new Connection(server.port);
    connection.send(post(chat(model, { stream: true })));
    await until(() => connection.received.includes("more"), "the stream flows", 3000);
    connection.leave();
    await until(() => provider.of(model)[0]!.left, "the provider is called off");
  });

  test(`${name}: variables alone are enough for Vertex and Bedrock`, async () => {
    const server = await serve({ DRAGOMAN_OPEN: "1", ...await cloud.environment() });
    for (const model of ["vertex/gemini-x", "bedrock/us.amazon.nova-lite-v1:0"]) {
      const answer = await ask(server.url, question(model));
      const text = await answer.text();
      assertEquals(
        [answer.status, JSON.parse(text).choices?.[0].message.content],
        [200, "good"],
        text,
      );
    }
  });

  test(`${name}: the default export is closed until the environment says otherwise`, async () => {
    const server = await serve({ DRAGOMAN_ACCESS_KEYS: "ak-123456" });
    const authorization = "Bearer ak-123456";
    assertEquals((await fetch(`${server.url}/v1/models`)).status, 401);
    const answer = await fetch(`${server.url}/v1/models`, { headers: { authorization } });
    assertEquals(answer.status, 200);
  });
}

test("deno serve: without --allow-env every request says what is missing", async () => {
  const server = await denoServe(["--allow-net"], {});
  const answer = await fetch(`${server.url}/v1/models`);
  assertEquals(answer.status, 500);
  assert((await answer.text()).includes("--allow-env"));
});
