/** What every server must do, tested on the one of the runtime at hand. */
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import net from "node:net";
import { test } from "node:test";
import { createDoor, type GatewayDoor } from "../support/gateway.ts";
import { fromStream } from "../../lib/byte_source.ts";
import type { RunningServer } from "../../lib/serve/running_server.ts";
import { doorOf, exchange, pause, plain, runtime, until } from "./support.ts";

async function serveHere(door: GatewayDoor, drainTimeout = 1000): Promise<RunningServer> {
  const options = { port: 0, hostname: "127.0.0.1", drainTimeout };
  if (runtime === "bun") return (await import("../../lib/serve/bun.ts")).serveBun(door, options);
  if (runtime === "deno") return (await import("../../lib/serve/deno.ts")).serveDeno(door, options);
  return await (await import("../../lib/serve/node.ts")).serveNode(door, options);
}

async function serving(door: GatewayDoor, body: (port: number) => Promise<void>): Promise<void> {
  const server = await serveHere(door, 0);
  try {
    await body(server.address.port);
  } finally {
    await server.close();
  }
}

const GET = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const utf8 = new TextEncoder();
const stream = (body: ReadableStream<Uint8Array>) => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: fromStream(body),
});

test("a request arrives whole, and its answer goes out with its length", async () => {
  const door = doorOf(async (incoming) => {
    const body = new TextDecoder().decode(await incoming.arrayBuffer());
    const { pathname, search } = new URL(incoming.url);
    return plain([incoming.method, pathname + search, incoming.headers.get("x-a"), body].join(" "));
  });
  await serving(door, async (port) => {
    const init = { method: "POST", body: "ü", headers: { "X-A": "1" } };
    const answer = await fetch(`http://127.0.0.1:${port}/p?q=1`, init);
    assertEquals(answer.headers.get("content-length"), "16");
    assertEquals(await answer.text(), "POST /p?q=1 1 ü");
  });
});

test("a large body arrives unchanged, as a stream too", async () => {
  const sent = "0123456789".repeat(100_000);
  const door = doorOf(async (incoming) => {
    if (incoming.url.endsWith("/whole")) {
      return plain(String((await incoming.arrayBuffer()).byteLength));
    }
    return plain(String((await new Response(incoming.body).text()) === sent));
  });
  await serving(door, async (port) => {
    for (const [path, expected] of [["whole", "1000000"], ["stream", "true"]]) {
      const init = { method: "POST", body: sent };
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, init);
      assertEquals(await answer.text(), expected);
    }
    const none = await fetch(`http://127.0.0.1:${port}/whole`);
    assertEquals(await none.text(), "0");
  });
});

test("HEAD answers with headers and no body, also where there is a stream", async () => {
  let cancelled = false;
  const endless = () => new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  const door = doorOf(({ url }) => url.endsWith("/s") ? stream(endless()) : plain("hello"));
  await serving(door, async (port) => {
    const whole = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" });
    assertEquals([whole.status, await whole.text()], [200, ""]);
    const streamed = await fetch(`http://127.0.0.1:${port}/s`, { method: "HEAD" });
    assertEquals([streamed.status, await streamed.text()], [200, ""]);
    if (runtime === "node") await until(() => cancelled, "the body is cancelled");
  });
});

test("a caller who leaves before the headers aborts the signal", async () => {
  let asked = false;
  let left = false;
  const door = doorOf(({ signal }) => {
    asked = true;
    return new Promise(() => signal.addEventListener("abort", () => left = true));
  });
  await serving(door, async (port) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(GET));
    await until(() => asked, "the request arrives");
    socket.destroy();
    await until(() => left, "the signal aborts");
  });
});

test("a caller who leaves mid-stream cancels the body, whether it is silent or not", async () => {
  for (const silent of [true, false]) {
    let cancelled = false;
    const body = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(utf8.encode("data: 1\n\n")),
        pull: async (controller) => {
          if (silent) return await new Promise(() => {});
          await pause(5);
          if (!cancelled) controller.enqueue(utf8.encode("data: 2\n\n"));
        },
        cancel: () => void (cancelled = true),
      });
    await serving(doorOf(() => stream(body())), async (port) => {
      let received = "";
      const socket = net.connect(port, "127.0.0.1", () => socket.write(GET));
      socket.on("data", (data) => received += data);
      await until(() => received.includes("data: 1"), "the stream begins");
      socket.destroy();
      await until(() => cancelled, `the body is cancelled (silent: ${silent})`);
    });
  }
});

test("a stream's headers go out before its first chunk", async () => {
  let begin = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      begin = () => {
        controller.enqueue(utf8.encode("x"));
        controller.close();
      };
    },
  });
  await serving(doorOf(() => stream(body)), async (port) => {
    if (runtime !== "node") return begin(); // Bun and Deno send them with the first chunk
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    assertEquals(answer.status, 200);
    begin();
    assertEquals(await answer.text(), "x");
  });
});

test("a slow reader stops the source, and both go on later", async () => {
  let pulled = 0;
  const block = new Uint8Array(65_536);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++pulled > 400) controller.close();
      else controller.enqueue(block);
    },
  }, { highWaterMark: 0 });
  await serving(doorOf(() => stream(body)), async (port) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(GET));
    socket.pause();
    await until(() => pulled > 0, "the stream begins");
    await pause(200);
    const before = pulled;
    await pause(150);
    assertEquals(pulled, before);
    assert(pulled < 390, `${pulled} blocks were pulled`);
    socket.resume();
    await until(() => pulled > 400, "the rest is pulled", 5000);
    socket.destroy();
  });
});

test("a stream that fails breaks the connection instead of ending it", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pulls++ === 0) return controller.enqueue(utf8.encode("data: 1\n\n"));
      await pause(30);
      controller.error(new Error("upstream"));
    },
  });
  await serving(doorOf(() => stream(body)), async (port) => {
    const received = await exchange(port, GET);
    assert(received.includes("data: 1"));
    assertFalse(received.includes("\r\n0\r\n\r\n"));
    assertFalse(received.includes("upstream"));
  });
});

test("a defect is a 500 that tells nothing of its cause", async () => {
  const { error } = console;
  const said: string[] = [];
  console.error = (text: string) => void said.push(text);
  try {
    const door = doorOf(() => Promise.reject(new Error("secret of the request")));
    await serving(door, async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      assertEquals(answer.status, 500);
      assertFalse((await answer.text()).includes("secret"));
    });
  } finally {
    console.error = error;
  }
  assertEquals(said.length, 1);
  assert(said[0]!.includes("door_test") && !said[0]!.includes("secret"), said[0]);
});

test("a strange Host header is a 400, whatever it would make of the path", async () => {
  const door = createDoor({}, { loopback: true, openByDefault: true });
  await serving(door, async (port) => {
    for (const host of ["x/health?", "a b", "x#", "user@x", "x\\y"]) {
      const received = await exchange(
        port,
        `GET /nothing HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      assert(/^HTTP\/1\.1 40[03] /.test(received), `${host}: ${received.slice(0, 40)}`);
    }
  });
});

test("closing lets a running stream finish, and takes nothing new", async () => {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      controller.enqueue(utf8.encode("begin "));
    },
  });
  const door = doorOf(() => stream(body));
  const server = await serveHere(door, 2000);
  const { port } = server.address;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  const text = answer.text();
  const closed = server.close();
  assert((door as unknown as { drained: boolean }).drained);
  await pause(50);
  await assertRejects(() => fetch(`http://127.0.0.1:${port}/`));
  controller!.enqueue(utf8.encode("end"));
  controller!.close();
  assertEquals(await text, "begin end");
  await closed;
});

test("closing cuts what is still running when its time is up", async () => {
  const endless = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(utf8.encode("begin")),
  });
  const server = await serveHere(doorOf(() => stream(endless)), 50);
  const answer = await fetch(`http://127.0.0.1:${server.address.port}/`);
  const text = answer.text().catch(() => "cut");
  const before = Date.now();
  await server.close();
  assert(Date.now() - before < 1500);
  if (runtime !== "deno") await text; // Deno leaves the connection to the end of the process
});
