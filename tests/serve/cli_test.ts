/** The command itself, as a process of the runtime at hand. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { watchProgram } from "../support/canary/program.ts";
import { httpUpstream, runtime, until, type Upstream } from "./support.ts";

const CLI = fileURLToPath(new URL("../../lib/serve/cli.ts", import.meta.url));

interface Run {
  child: ChildProcess;
  out: string;
  err: string;
  ended: Promise<number | null>;
}

function command(args: string[], env: Record<string, string> = {}): Run {
  const before = runtime === "deno" ? ["run", "-A", "--no-check", "--no-lock"] : [];
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [...before, CLI, ...args], {
    cwd: tmpdir(),
    env: { PATH, HOME, BUN_CONFIG_MAX_HTTP_REQUESTS: "1024", ...env },
  });
  const run: Run = { child, out: "", err: "", ended: Promise.resolve(null) };
  const watched = watchProgram(env);
  child.stdout.on("data", (data) => run.out = watched(run.out + data));
  child.stderr.on("data", (data) => run.err = watched(run.err + data));
  run.ended = new Promise((resolve) => child.on("close", resolve));
  return run;
}

/** The port of a command that has become ready. */
async function ready(run: Run): Promise<number> {
  const line = /^.* http:\/\/localhost:(\d+)$/m;
  await until(() => line.test(run.out) && run.out.includes("try"), `ready (${run.err})`, 8000);
  return Number(line.exec(run.out)![1]);
}

test("mistakes end with one line and their own exit code", async () => {
  const busy = await httpUpstream(() => {});
  const own = '{"providers":{"openai":{"baseUrl":"http://localhost:8790/v1"}}}';
  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [["--prot", "1"], 2, /^dragoman: unknown option --prot; see --help\n$/],
    [[], 2, /^dragoman: PORT must be a port, .*\n$/, { PORT: "http" }],
    [["--config", "nowhere.json"], 1, /^dragoman: cannot read nowhere.json: .*\n$/],
    [["--port", "0"], 1, /^dragoman: .*bodyLimt.*\n$/s, { DRAGOMAN_CONFIG: '{"bodyLimt":1}' }],
    [["--port", "8790"], 1, /^dragoman: providers.openai.baseUrl is this .*\n$/, {
      DRAGOMAN_CONFIG: own,
    }],
    [
      ["--port", `${busy.port}`],
      1,
      /^dragoman: port \d+ on 127.0.0.1 is taken; port \d+ is free.*\n$/,
    ],
  ];
  await Promise.all(cases.map(async ([args, code, message, env]) => {
    const run = command(args, env);
    assertEquals(await run.ended, code, run.err);
    assert(message.test(run.err), run.err);
    assertEquals(run.out, "");
  }));
  const [help, version] = [command(["--help"]), command(["--version"])];
  assertEquals([await help.ended, await version.ended], [0, 0]);
  assert(help.out.includes("--drain-timeout") && /^\d+\.\d+\.\d+\n$/.test(version.out));
  await busy.close();
});

/** A provider whose stream ends when it is told to. */
async function slowProvider(): Promise<Upstream & { finish: () => void }> {
  let finish = () => {};
  const event = (delta: object, finish_reason: string | null) =>
    `data: ${
      JSON.stringify({
        id: "c",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta, finish_reason }],
      })
    }\n\n`;
  const upstream = await httpUpstream((req, res) => {
    req.resume();
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(event({ role: "assistant", content: "begin" }, null));
    finish = () =>
      res.end(`${event({ content: " end" }, null)}${event({}, "stop")}data: [DONE]\n\n`);
  });
  return Object.assign(upstream, { finish: () => finish() });
}

test("SIGTERM lets a stream finish, and the command then ends with 0", async () => {
  const provider = await slowProvider();
  const run = command(["--port", "0"], {
    OPENAI_API_KEY: "sk-very-secret",
    OPENAI_BASE_URL: provider.url,
  });
  try {
    const port = await ready(run);
    assert(/openai +key from OPENAI_API_KEY/.test(run.out), run.out);
    assertFalse((run.out + run.err).includes("very-secret"));
    const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({
        model: "openai/m",
        stream: true,
        messages: [{ role: "user", content: "hello" }],
      }),
    });
    assertEquals(answer.status, 200);
    const text = answer.text();
    process.kill(run.child.pid!, "SIGTERM");
    setTimeout(provider.finish, 150);
    assert((await text).endsWith("data: [DONE]\n\n"));
    assertEquals(await run.ended, 0, run.err);
    if (runtime !== "deno") assertEquals(run.err, ""); // Deno explains its request.signal there
  } finally {
    run.child.kill("SIGKILL");
    await provider.close();
  }
});

test("a second signal ends it at once; a gateway for the network is closed", async () => {
  const provider = await slowProvider();
  const run = command(["--port=0", "--host=0.0.0.0"], {
    OPENAI_API_KEY: "sk-x",
    OPENAI_BASE_URL: provider.url,
    DRAGOMAN_ACCESS_KEYS: "ak-1",
  });
  try {
    const port = await ready(run);
    assert(run.out.includes("1 access key"), run.out);
    const chat = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: '{"model":"openai/m","stream":true,"messages":[{"role":"user","content":"x"}]}',
      });
    assertEquals((await chat({})).status, 401);
    const answer = await chat({ authorization: "Bearer ak-1" });
    const text = answer.text().catch(() => "cut");
    process.kill(run.child.pid!, "SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(run.child.exitCode, null);
    process.kill(run.child.pid!, "SIGINT");
    assertEquals(await run.ended, 130);
    await text;
  } finally {
    run.child.kill("SIGKILL");
    await provider.close();
  }
});
