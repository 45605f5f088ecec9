/** `dragoman explain`, as text, as JSON and as a process. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Explanation } from "../../lib/routing/explain.ts";
import { UsageError } from "../../lib/serve/cli_arguments.ts";
import { parseExplainArguments } from "../../lib/serve/explain_arguments.ts";
import { watchProgram } from "../support/canary/program.ts";
import { end, model, start, when } from "../support/graphs.ts";
import { runtime } from "./support.ts";

const CLI = fileURLToPath(new URL("../../lib/serve/cli.ts", import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command in a folder. */
function dragoman(cwd: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const before = runtime === "deno" ? ["run", "-A", "--no-check", "--no-lock"] : [];
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [...before, CLI, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
  });
  const ended: Ended = { code: null, out: "", err: "" };
  const watched = watchProgram(env);
  child.stdout.on("data", (data) => ended.out = watched(ended.out + data));
  child.stderr.on("data", (data) => ended.err = watched(ended.err + data));
  return new Promise((resolve) =>
    child.on("close", (code) => resolve(Object.assign(ended, { code })))
  );
}

const CONFIG = {
  gateways: {
    default: {
      accessKeys: ["ak-secret-one"],
      routes: {
        support: {
          elements: [
            start("plan"),
            when("plan", { "metadata.plan": "paid", "headers.x-team": "core" }, "big", "small"),
            model("big", "openai/gpt-5", "small", { retries: 1 }),
            model("small", "ollama/qwen3"),
            end(),
          ],
        },
      },
    },
    other: { routes: { fast: "ollama/llama" } },
  },
};

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dragoman-explain-"));
  try {
    writeFileSync(join(folder, "dragoman.json"), JSON.stringify(CONFIG));
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const KEY = { OPENAI_API_KEY: "sk-very-secret" };

test("the path is printed for people, and nothing is sent", () =>
  inFolder(async (folder) => {
    const flags = ["--metadata", '{"plan":"paid"}', "--header", "x-team: core"];
    const run = await dragoman(
      folder,
      ["explain", "--model", "dynamic/support", ...flags],
      KEY,
    );
    assertEquals([run.code, run.err], [0, ""]);
    assertEquals(
      run.out,
      `dynamic/support on gateway default: the route "support" is a graph of 5 elements

  start  start        → next     every request begins here
  plan   conditional  → true     the condition holds: metadata.plan is "paid", headers.x-team is "core"
  big    model        → success  openai/gpt-5 is asked, and answers
  end    end                     the caller gets the answer

models
  1. openai/gpt-5  stored key     2 tries  is asked first
  2. ollama/qwen3  no key needed  1 try    is asked if those before it fail

if all of them fail
  big    model  → fallback  openai/gpt-5 has failed
  small  model              ollama/qwen3 has failed
`,
    );
    assert(!run.out.includes("secret"));
  }));

test("the whole explanation is printed as JSON", () =>
  inFolder(async (folder) => {
    writeFileSync(join(folder, "body.json"), JSON.stringify({ model: "fast", messages: [] }));
    const flags = ["--gateway=other", "--file", "body.json", "--json"];
    const run = await dragoman(folder, ["explain", ...flags], KEY);
    assertEquals([run.code, run.err], [0, ""]);
    const said = JSON.parse(run.out) as Explanation;
    assertEquals([said.gateway, said.route], ["other", "fast"]);
    assertEquals(said.steps.map(({ model, key }) => [model, key]), [["llama", "not needed"]]);
  }));

test("mistakes end with one line and their own exit code", () =>
  inFolder(async (folder) => {
    const cases: [string[], number, RegExp][] = [
      [["--file", "none.json"], 2, /^dragoman: cannot read none.json\n$/],
      [
        ["--model", "x/y", "--gateway", "nope"],
        1,
        /^dragoman: Gateway "nope" is not configured.*\n$/,
      ],
    ];
    await Promise.all(cases.map(async ([args, code, message]) => {
      const run = await dragoman(folder, ["explain", ...args], KEY);
      assertMatch(run.err, message);
      assertEquals([run.code, run.out], [code, ""]);
    }));
  }));

test("flags are read strictly", () => {
  assertEquals(
    parseExplainArguments(["--model=a", "--header=a: 1", "--header", "b:2", "--no-demo"]),
    {
      demo: false,
      gateway: "default",
      model: "a",
      headers: { a: "1", b: "2" },
      json: false,
      help: false,
    },
  );
  const wrong: [string[], string][] = [
    [[], "explain needs --model; see --help"],
    [["--modle", "a"], "unknown option --modle; see --help"],
    [["--model"], "--model needs a value"],
    [["--json=1"], "--json takes no value"],
    [["--header", "a b: c"], '--header must be "name: value", not "a b: c"'],
    [["--body", "{}", "--file", "f"], "--body and --file mean the same: give one"],
  ];
  for (const [argv, message] of wrong) {
    assertEquals(assertThrows(() => parseExplainArguments(argv), UsageError).message, message);
  }
});
