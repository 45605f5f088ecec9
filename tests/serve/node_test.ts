import { assert, assertEquals } from "@std/assert";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "../support/gateway.ts";
import { createNodeListener, serveNode } from "../../lib/serve/node.ts";
import { doorOf, exchange, nodeTest, plain } from "./support.ts";

async function asking(text: string): Promise<string> {
  const door = doorOf(({ url, headers }) => plain(`<${url}> ${headers.get("authorization")}`));
  const options = { port: 0, hostname: "127.0.0.1", drainTimeout: 0 };
  const server = await serveNode(door, options);
  try {
    return await exchange(server.address.port, text);
  } finally {
    await server.close();
  }
}

const get = (target: string, headers = "Host: me:1") =>
  asking(`GET ${target} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);

nodeTest("a target can't shift host or path", async () => {
  assert((await get("//evil.test/x?q")).includes("<http://me:1//evil.test/x?q>"));
  assert((await get("/\\evil.test")).includes("<http://me:1/\\evil.test>"));
  assert((await get("http://ME:1/x?q")).includes("<http://me:1/x?q>"));
  assert((await get("http://me:1")).includes("<http://me:1/>"));
  for (const target of ["http://evil.test/x", "http://me:1@evil.test/x", "*"]) {
    assert((await get(target)).startsWith("HTTP/1.1 400 "), target);
  }
});

nodeTest("a Host header that is no host is a 400", async () => {
  for (const host of ["x/y?", "a b", "u@h", "h#", "h:99999", "h:1:2", "1.2.3.4.5.6", "[::1"]) {
    assert((await get("/", `Host: ${host}`)).startsWith("HTTP/1.1 400 "), host);
  }
  assert((await get("/", "Host: a\r\nHost: b")).startsWith("HTTP/1.1 400 "));
  assert((await get("/", "Host: [::1]:8787")).includes("<http://[::1]:8787/>"));
});

nodeTest("duplicate headers are joined, so that none can hide", async () => {
  const headers = "Host: h\r\nAuthorization: Bearer a\r\nauthorization: Bearer b";
  assert((await get("/", headers)).endsWith("Bearer a, Bearer b"));
});

nodeTest("what isn't HTTP is answered, not dropped", async () => {
  assert((await asking("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 Bad Request\r\n"));
  const huge = await get("/", `Host: h\r\nX-Huge: ${"x".repeat(20_000)}`);
  assert(huge.startsWith("HTTP/1.1 431 "));
  const [head, body] = huge.split("\r\n\r\n");
  assertEquals(Number(/content-length: (\d+)/.exec(head!)![1]), body!.length);
  assertEquals(JSON.parse(body!).error.type, "invalid_request_error");
});

nodeTest("a public gateway can be mounted in an existing server", async () => {
  const server = http.createServer(createNodeListener(createGateway()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const health = await fetch(`${url}/health`);
    assertEquals(await health.json(), { status: "ok" });
    const nowhere = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: "{" });
    assertEquals(nowhere.status, 400);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
