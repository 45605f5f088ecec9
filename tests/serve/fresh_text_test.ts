/** Keys in files that are replaced while the gateway runs. */
import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import { parseConfig } from "../../lib/serve/config_file.ts";
import { freshText } from "../../lib/serve/fresh_text.ts";
import { chat, recorder } from "../support/recorder.ts";

test("a file is read at once, and again once it was read five seconds ago", () => {
  let now = 0;
  let reads = 0;
  const text = freshText(() => `text ${++reads}`, () => now);
  assertEquals([reads, text()], [1, "text 1"]);
  now = 4999;
  assertEquals([text(), reads], ["text 1", 1]);
  now = 5000;
  assertEquals([text(), text(), reads], ["text 2", "text 2", 2]);
  now = 60_000;
  assertEquals(text(), "text 3");
});

test("while it is being written anew, the last text stands", () => {
  let now = 0;
  let file: string | undefined = "old";
  const text = freshText(() => {
    if (file === undefined) throw new Error("ENOENT");
    return file;
  }, () => now);
  for (const written of [undefined, ""]) {
    file = written;
    now += 5000;
    assertEquals(text(), "old");
  }
  file = "new";
  now += 5000;
  assertEquals(text(), "new");
  assertThrows(() => freshText(() => JSON.parse("{"), () => 0));
});

test("provider keys from files follow the files; everything else is read once", async () => {
  let now = 0;
  const files: Record<string, string> = {
    "/run/a": "sk-a1\n",
    "/run/b": "sk-b1\n",
    "/run/url": "http://lab.example/v1\n",
  };
  const written = {
    providers: {
      openai: { apiKey: "file:/run/a", keys: { team: [{ key: "file:/run/b", weight: 2 }] } },
      "custom-lab": { baseUrl: "file:/run/url" },
    },
    gateways: { default: { open: true } },
  };
  const options = parseConfig(JSON.stringify(written), "dragoman.json", {
    env: {},
    readText: (path) => files[path]!,
    now: () => now,
  });
  const { fetch, sent } = recorder();
  const gateway = createGateway({ ...options, fetch });
  const shown = async (headers = {}) => {
    assertEquals((await chat(gateway, {}, headers)).status, 200);
    return sent.pop()?.headers.authorization;
  };
  const team = { "cf-aig-byok-alias": "team" };
  assertEquals([await shown(), await shown(team)], ["Bearer sk-a1", "Bearer sk-b1"]);
  Object.assign(files, {
    "/run/a": "sk-a2\n",
    "/run/b": "sk-b2",
    "/run/url": "http://other.example",
  });
  assertEquals(await shown(), "Bearer sk-a1");
  now = 5000;
  assertEquals([await shown(), await shown(team)], ["Bearer sk-a2", "Bearer sk-b2"]);
  await chat(gateway, { model: "custom-lab/x" });
  assertEquals(sent.pop()?.url, "http://lab.example/v1/chat/completions");
});
