/** Cases 8, 41 and 42 over raw sockets and in process: what a path and a `Host` may pretend. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { test } from "node:test";
import { createDoor } from "../support/gateway.ts";
import { exchange } from "../serve/support.ts";
import { recorder } from "../support/recorder.ts";
import { throughDoor } from "../support/ways.ts";

const BODY = JSON.stringify({ model: "openai/m", messages: [] });
const LOCKED = { default: { accessKeys: ["ak-0123456789"] } };

/** These servers keep connections open, so silence ends an answer too. */
const answered = (port: number, text: string) => exchange(port, text, 2000);

const post = (target: string, host: string, more: string[] = []) =>
  [
    `POST ${target} HTTP/1.1`,
    `host: ${host}`,
    "connection: close",
    "content-type: application/json",
    `content-length: ${BODY.length}`,
    ...more,
    "",
    BODY,
  ].join("\r\n");

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

const CHAT = "/v1/chat/completions";

test("case 8: no Host and no target makes a locked gateway answer a stranger", async () => {
  const way = throughDoor();
  const { fetch, sent } = recorder();
  await way.open({ fetch, providers: { openai: { apiKey: "sk-stored" } }, gateways: LOCKED });
  const port = await way.port();
  const hosts = [
    "x/health?",
    "x/?",
    "x#",
    "x/health#",
    "user@x",
    "x\\y",
    "x y",
    "a,b",
    "[::1",
    "x:99999999",
    "%2e",
    "",
  ];
  for (const host of hosts) {
    const answer = await answered(port, post(CHAT, host));
    const status = statusOf(answer);
    assert(status === 0 || (status >= 400 && status < 500), `${host}: ${answer.slice(0, 200)}`);
  }
  const targets = [
    `//v1/chat/completions`,
    `//evil.example${CHAT}`,
    "/v1/./chat/completions",
    "/health/../v1/chat/completions",
    "/v1/chat%2fcompletions",
    "/v1/chat/completions/",
    "/%76%31/chat/completions",
    "/v1/chat/completions%00",
    "/v1/chat/completions;/health",
    "/v1\\chat\\completions",
    `http://localhost${CHAT}`,
    `http://evil.example${CHAT}`,
    `${CHAT}?x=/health`,
    `${CHAT}#/health`,
  ];
  for (const target of targets) {
    const answer = await answered(port, post(target, `localhost:${port}`));
    const status = statusOf(answer);
    assert(status === 0 || (status >= 400 && status < 500), `${target}: ${answer.slice(0, 200)}`);
  }
  assertEquals(sent.length, 0);
  await way.close();
});

test("case 8: two Host headers, or two lengths, are refused or change nothing", async () => {
  const way = throughDoor();
  const { fetch, sent } = recorder();
  await way.open({ fetch, providers: { openai: { apiKey: "sk-stored" } } });
  const port = await way.port();
  const evil = await answered(port, post(CHAT, `localhost:${port}`, ["host: evil.example"]));
  const status = statusOf(evil);
  assert(status === 0 || status === 200 || (status >= 400 && status < 500), evil.slice(0, 100));
  const twice = post(CHAT, `localhost:${port}`, ["content-length: 5"]);
  const lengths = statusOf(await answered(port, twice));
  assert(lengths === 0 || lengths >= 400, `two lengths: ${lengths}`);
  for (const call of sent) assertFalse(JSON.stringify(call).includes("evil"));
  await way.close();
});

test("case 8: a chunked body that also claims a length can't pass the limit", async () => {
  const way = throughDoor();
  const { fetch, sent } = recorder();
  await way.open({ fetch, bodyLimit: 1000, providers: { openai: { apiKey: "sk-stored" } } });
  const long = JSON.stringify({ model: "openai/m", messages: [], user: "x".repeat(5000) });
  const answer = await answered(
    await way.port(),
    `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 100\r\n` +
      `transfer-encoding: chunked\r\n\r\n${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`,
  );
  const status = statusOf(answer);
  assert(status === 0 || (status >= 400 && status < 500), answer.slice(0, 200));
  assertEquals(sent.length, 0);
  await way.close();
});

test("case 42: an open loopback gateway refuses foreign names, over a socket", async () => {
  const way = throughDoor();
  const { fetch, sent } = recorder();
  const providers = { openai: { apiKey: "sk-stored" } };
  await way.open({ fetch, providers, allowedHosts: ["box.example"] });
  const port = await way.port();
  const foreign = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0"];
  for (const name of [...foreign, "127.0.0.1.nip.io", "128.0.0.1", "[::ffff:7f00:1]", "[::]"]) {
    for (const host of [name, `${name}:${port}`]) {
      assertEquals(statusOf(await answered(port, post(CHAT, host))), 403, host);
    }
  }
  assertEquals(sent.length, 0);
  const own = ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]", "app.localhost"];
  for (const name of [...own, "box.example"]) {
    const answer = await answered(port, post(CHAT, `${name}:${port}`));
    assertEquals(statusOf(answer), 200, `${name}: ${answer.slice(0, 300)}`);
  }
  await way.close();
});

test("case 41: a web page can't spend the keys of an open gateway", async () => {
  const { fetch, sent } = recorder();
  const providers = { openai: { apiKey: "sk-stored" } };
  const open = (loopback: boolean, cors?: { origins: string[] }) =>
    createDoor({ fetch, providers, ...(cors && { cors }) }, { loopback, openByDefault: true })
      .gateway;
  const refused: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "http://localhost:3000" },
    { origin: "null" },
    { origin: "" },
    { origin: "http://localhost:8787.evil.example" },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "cross-site", "content-type": "text/plain" },
  ];
  const ask = (gateway: ReturnType<typeof open>, headers: Record<string, string>) =>
    gateway.fetch(
      new Request(`http://localhost:8787${CHAT}`, { method: "POST", headers, body: BODY }),
    );
  for (const loopback of [true, false]) {
    for (const cors of [undefined, { origins: ["*"] }, { origins: ["https://good.example"] }]) {
      const gateway = open(loopback, cors);
      for (const headers of refused) {
        const { status } = await ask(gateway, headers);
        assertEquals(status, 403, JSON.stringify([loopback, cors, headers]));
      }
    }
  }
  assertEquals(sent.length, 0);
  const listed = open(true, { origins: ["https://good.example"] });
  for (
    const headers of [{ origin: "https://good.example" }, { origin: "http://localhost:8787" }, {}, {
      "sec-fetch-site": "same-origin",
    }, { "sec-fetch-site": "none" }]
  ) {
    assertEquals((await ask(listed, headers as Record<string, string>)).status, 200);
  }
});
