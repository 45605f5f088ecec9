/** Case 23: every gateway of the tests is watched for secrets that come out of it, and the watch can bark. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { createMemoryStore } from "../../lib/store/memory.ts";
import type { Incoming } from "../../lib/http/incoming.ts";
import { formsOf } from "../support/canary/search.ts";
import { secretsIn, secretsInEnvironment } from "../support/canary/secrets.ts";
import { leaksOf, Watch, watchText } from "../support/canary/watch.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { createDoor, createGateway } from "../support/gateway.ts";
import { recorder } from "../support/recorder.ts";
import { runtime } from "../support/runtime.ts";

const ROOT = join(import.meta.dirname, "../..");
const KEY = "sk-canary/+0123456789";
const OPEN = { loopback: false, openByDefault: true };

/** A provider that says `words`, which come through as they are: a model may say anything. */
function says(words: string) {
  const message = { role: "assistant", content: words };
  const { fetch } = recorder(({ body }) => {
    const { stream } = JSON.parse(String(body));
    const choice = stream ? { delta: message } : { message };
    const chunk = JSON.stringify({
      id: "c-1",
      object: stream ? "chat.completion.chunk" : "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, finish_reason: "stop", ...choice }],
    });
    return stream
      ? new Response(`data: ${chunk}\n\ndata: [DONE]\n\n`, {
        headers: { "content-type": "text/event-stream" },
      })
      : new Response(chunk, { headers: { "content-type": "application/json" } });
  });
  // Whoever finds a secret reads no further: no real timer may wait for that.
  return { fetch, clock: new FakeClock(), providers: { openai: { apiKey: KEY } } };
}

const ask = (stream: boolean) =>
  new Request("http://localhost/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "openai/m", stream, messages: [] }),
  });

/** Every way in which tests read an answer. */
const READERS: Record<string, (response: Response) => Promise<unknown>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: (response) => response.arrayBuffer(),
  "a clone": (response) => response.clone().text(),
  async "a reader"(response) {
    const reader = response.body!.getReader();
    while (!(await reader.read()).done);
  },
  async "a loop"(response) {
    for await (const _ of response.body as unknown as AsyncIterable<Uint8Array>);
  },
};

for (const [name, read] of Object.entries(READERS)) {
  test(`a secret in an answer is found by whoever reads it as ${name}`, async () => {
    for (const stream of name === "json" ? [false] : [false, true]) {
      const gateway = createGateway(says(`the key is ${KEY}.`));
      const found = await leaksOf(async () => void await read(await gateway.fetch(ask(stream))));
      assertEquals(found.length, 1, `${stream}`);
      assertStringIncludes(found[0]!, `The secret "${KEY}" stands in`);
      const silent = createGateway(says("nothing"));
      assertEquals(await leaksOf(async () => void await read(await silent.fetch(ask(stream)))), []);
    }
  });
}

test("a secret in a reply that a server writes is found, whole and streamed", async () => {
  for (const stream of [false, true]) {
    const door = createDoor(says(btoa(KEY)), OPEN);
    const found = await leaksOf(async () => {
      const { body } = await door.reply(ask(stream) as unknown as Incoming);
      if (typeof body === "object") { while (await body?.next() !== undefined); }
    });
    assertEquals(found.length, 1, `${stream}`);
  }
});

test("a secret is found in base64 wherever it begins there, in URLs and in JSON", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" }),
      fc.string({ unit: "grapheme-ascii" }),
      fc.string({ unit: "grapheme-ascii" }),
      (secret, before, after) => {
        const text = before + secret + after;
        const url = btoa(text).replaceAll("+", "-").replaceAll("/", "_");
        const forms = formsOf(secret);
        for (
          const written of [text, btoa(text), url, encodeURIComponent(text), JSON.stringify(text)]
        ) {
          assert(forms.some((form) => written.includes(form)), written);
        }
      },
    ),
  );
});

test("a secret that is cut in two by a stream's pieces is found", async () => {
  const watch = new Watch();
  watch.add([KEY]);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const char of `so ${KEY}`) controller.enqueue(new TextEncoder().encode(char));
      controller.close();
    },
  });
  assertEquals(
    (await leaksOf(() => READERS["a reader"]!(watch.response(new Response(stream))))).length,
    1,
  );
});

test("a secret on the console is found, also where a test has put something in its place", async () => {
  const watch = new Watch();
  watch.add([KEY]);
  assertEquals((await leaksOf(() => console.log("all", { is: [KEY] }))).length, 1);
  const { error } = console;
  console.error = () => {};
  assertEquals((await leaksOf(() => console.error(new Error(`with ${KEY}`)))).length, 1);
  console.error = error;
});

test("a secret in headers, in the store in the clear, in what a program says, is found", async () => {
  const watch = new Watch();
  watch.add([KEY]);
  const headers = { location: `/?key=${encodeURIComponent(KEY)}` };
  assertEquals((await leaksOf(() => watch.response(new Response(null, { headers })))).length, 1);
  const store = watch.store(createMemoryStore({ clock: new FakeClock() }));
  assertEquals((await leaksOf(() => store.set("key", `{"key":"${KEY}"}`, 0))).length, 1);
  assertEquals((await leaksOf(() => store.add(KEY, 1, 0))).length, 1);
  assertEquals(await leaksOf(() => store.set("key", "sealed", 0)), []);
  assertEquals((await leaksOf(() => watchText(`error: ${KEY}`, "a program's words"))).length, 1);
});

test("the secrets of a configuration and of an environment are those that are looked for", () => {
  const document = JSON.stringify({ clientId: "client-1", clientSecret: "secret-of-client" });
  const config = {
    providers: {
      openai: {
        apiKey: "sk-openai-1",
        keys: { team: ["sk-team-1", { key: "sk-team-2", weight: 2 }] },
      },
      "aws-bedrock": {
        accessKeyId: "AKIA-12345",
        secretAccessKey: "aws-secret",
        region: "us-east-1",
      },
      "azure-openai": { apiKey: document },
      groq: { apiKey: "env:GROQ_API_KEY" },
    },
    gateways: {
      default: { accessKeys: ["ak-plain-1", { name: "long-name-1", key: "ak-named-1" }] },
    },
    secret: ["secret-number-1", "secret-number-2"],
    store: { type: "redis", url: "redis://user:p%40ssword@127.0.0.1" },
  };
  const expected = [
    ...["sk-team-1", "sk-team-2", "sk-openai-1", "AKIA-12345", "aws-secret", document],
    ...["secret-of-client", "ak-plain-1", "ak-named-1", "secret-number-1", "secret-number-2"],
    "p@ssword",
  ];
  assertEquals(secretsIn(config).sort(), expected.sort());
  const env = {
    OPENAI_API_KEY: "sk-of-the-environment",
    PATH: "/usr/bin",
    DRAGOMAN_CONFIG: JSON.stringify(config),
  };
  assertEquals(secretsInEnvironment(env).sort(), [...expected, "sk-of-the-environment"].sort());
});

test("what a test takes from the console and puts back is watched once, and still writes", async () => {
  new Watch().add([KEY]);
  const lines: unknown[] = [];
  const found = console.error;
  console.error = (line: unknown) => void lines.push(line);
  const { error } = console;
  console.error = error;
  console.error("said");
  const leaks = await leaksOf(() => console.error(KEY));
  console.error = found;
  assertEquals([lines, leaks.length], [["said"], 1]);
});

test("all tests have their gateways watched", () => {
  const own = [
    "tests/support/gateway.ts",
    "tests/support/workerd/gateways.ts",
    "tests/types_test.ts",
  ];
  const files = globSync("tests/**/*.ts", { cwd: ROOT, exclude: ["**/node_modules/**"] });
  const unwatched = files.map((path) => path.replaceAll("\\", "/")).filter((path) =>
    /^import \{[^}]*\bcreate(?:Gateway|Door)\b[^}]*\} from "(?:\.\.\/)+(?:lib\/gateway|mod)\.ts";/m
      .test(readFileSync(join(ROOT, path), "utf8"))
  );
  assertEquals(unwatched.filter((path) => !own.includes(path)), []);
  assert(files.length > 100);
});

test("a file in which a secret comes out fails, even where its test looks away", {
  skip: runtime === "node" ? false : "needs node",
}, () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--test", "--test-reporter=tap", "tests/support/canary/leaking.ts"],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  );
  assertEquals(status, 1, stdout);
  assertStringIncludes(stdout, 'The secret "sk-stored-openai" stands in the body of an answer');
});
