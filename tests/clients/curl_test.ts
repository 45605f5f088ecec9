/** The first thing people try: curl, against a live door. */
import { assert, assertEquals } from "@std/assert";
import { spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { type Entrance, openDoor } from "./doors.ts";

const missing = spawnSync("curl", ["--version"]).status !== 0;

function curlTest(name: string, body: (entrance: Entrance) => Promise<void>): void {
  void test(name, { skip: missing ? "needs curl" : false }, async () => {
    const entrance = await openDoor({ demo: true });
    try {
      await body(entrance);
    } finally {
      await entrance.close();
    }
  });
}

interface Output {
  status: number | null;
  text: string;
  /** How often something arrived. */
  arrivals: number;
}

function run(command: string, args: string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    const output: Output = { status: null, text: "", arrivals: 0 };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.text += text;
      output.arrivals++;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ ...output, status }));
  });
}

const body = (content: string, rest: object = {}) =>
  JSON.stringify({ model: "demo/echo", messages: [{ role: "user", content }], ...rest });

const post = ({ url }: Entrance, ...rest: string[]) =>
  run("curl", [
    "-sS",
    "--noproxy",
    "*",
    `${url}/v1/chat/completions`,
    "-H",
    "content-type: application/json",
    ...rest,
  ]);

curlTest("the first curl gets an answer", async (entrance) => {
  const { status, text } = await post(entrance, "-d", body("Hello!"));
  assertEquals(status, 0);
  assertEquals(JSON.parse(text).choices[0].message, {
    role: "assistant",
    content: "Hello!",
    refusal: null,
  });
});

curlTest("the curl of the landing page works as it stands there", async (entrance) => {
  const page = await run("curl", ["-sS", "--noproxy", "*", entrance.url]);
  const command = page.text.slice(page.text.indexOf("curl "));
  const { text } = await run("sh", ["-c", command.replace("curl ", "curl -sS --noproxy '*' ")]);
  assertEquals(JSON.parse(text).choices[0].message.content, "Hello!");
});

curlTest("a streamed curl shows the words as they come", async (entrance) => {
  const words = "One two three four five six.";
  const { status, text, arrivals } = await post(
    entrance,
    "-N",
    "-d",
    body(words, { stream: true }),
  );
  assertEquals(status, 0);
  const events = text.trim().split("\n\n").map((event) => event.replace("data: ", ""));
  assertEquals(events.pop(), "[DONE]");
  const said = events.map((event) => JSON.parse(event).choices[0].delta.content ?? "");
  assertEquals(said.join(""), words);
  assert(arrivals > 2, `${arrivals} arrivals`);
});

curlTest("a curl that goes wrong says how to do it right", async (entrance) => {
  const { text } = await post(entrance, "-d", '{"model":"gpt-5-mini","messages":[]}');
  const { error, success, errors } = JSON.parse(text);
  assertEquals([error.code, error.param, success], ["2019", "model", false]);
  assert(error.message.includes('"openai/gpt-5-mini"'), error.message);
  assertEquals(errors, [{ code: 2019, message: error.message }]);
  const form = await post(entrance, "-H", "content-type: text/plain", "-d", "not json");
  assertEquals(JSON.parse(form.text).error.code, "2100");
});

curlTest("curl's -f sees failures, and -I the health", async (entrance) => {
  const failing = await post(entrance, "-f", "-d", body("/fail 503"));
  assertEquals(failing.status, 22);
  const { text } = await run("curl", ["-sSI", "--noproxy", "*", `${entrance.url}/health`]);
  assert(/^HTTP\/1\.1 200 /.test(text), text);
});
