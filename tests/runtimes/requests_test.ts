/** How requests may arrive, on every runtime: whole, in chunks, in pieces, one after another, and never. */
import { assert, assertEquals } from "@std/assert";
import { pause, until } from "../support/waiting.ts";
import { ask, chat, Connection, post } from "./client.ts";
import { Provider } from "./provider.ts";
import { onEveryRuntime } from "./servers.ts";

const provider = new Provider();

const LIMIT = 100_000;
const onEach = onEveryRuntime(async () => ({
  providers: await provider.settings(),
  bodyLimit: LIMIT,
}));

/** Waits for `count` answers on a connection. */
async function answers(connection: Connection, count: number): Promise<void> {
  const all = () => connection.received.split("HTTP/1.1 ").length > count;
  await until(all, `${count} answers`, 3000).catch((cause) => {
    throw new Error(`received: ${connection.received}`, { cause });
  });
}

onEach("HEAD answers like GET, without a body, and the connection goes on", async ({ server }) => {
  const connection = new Connection(server.port);
  connection.send("HEAD /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await answers(connection, 1);
  connection.send("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await answers(connection, 2);
  const [, head, get] = connection.received.split("HTTP/1.1 ");
  assert(head!.startsWith("200") && head!.endsWith("\r\n\r\n"), head);
  assert(get!.startsWith("200") && !get!.endsWith("\r\n\r\n"), get);
  connection.leave();
});

onEach("a method that isn't served is a 405 that names the others", async ({ server }) => {
  const answer = await fetch(`${server.url}/v1/chat/completions`, { method: "DELETE" });
  assertEquals([answer.status, answer.headers.get("allow")], [405, "POST, OPTIONS"]);
  assertEquals((await answer.json()).error.code, "2104");
});

onEach(
  "a body above the limit is a 413, whether its length is declared or not",
  async ({ server }) => {
    const large = chat("large", { user: "x".repeat(LIMIT) });
    const declared = await ask(server.url, large);
    assertEquals(declared.status, 413);
    await declared.text();
    const connection = new Connection(server.port);
    connection.send(post("", { headers: "transfer-encoding: chunked" }));
    for (const piece of chunked(large, 30_000)) connection.send(piece);
    await until(() => connection.received.includes("HTTP/1.1 "), "an answer", 3000);
    assert(connection.received.startsWith("HTTP/1.1 413"), connection.received);
    connection.leave();
    assertEquals(provider.of("large").length, 0);
  },
);

onEach("a body in chunks arrives whole", async ({ server }) => {
  const connection = new Connection(server.port);
  const name = `chunks:${server.port}`;
  connection.send(post("", { headers: "transfer-encoding: chunked" }));
  for (const piece of chunked(chat(name, { user: "é".repeat(300) }), 63)) {
    connection.send(piece);
    await pause(1);
  }
  await answers(connection, 1);
  assert(connection.received.startsWith("HTTP/1.1 200"), connection.received);
  assertEquals(provider.of(name)[0]!.body.user, "é".repeat(300));
  connection.leave();
});

onEach("a client who leaves in the middle of his request reaches nobody", async ({ server }) => {
  const name = `half:${server.port}`;
  const connection = new Connection(server.port);
  const request = post(chat(name));
  connection.send(request.slice(0, -20));
  await pause(50);
  connection.leave();
  await pause(100);
  assertEquals(provider.of(name).length, 0);
  assertEquals((await ask(server.url, chat("after"))).status, 200);
  assertEquals(server.err, "");
});

onEach("requests on one connection are answered one after another", async ({ server }) => {
  const connection = new Connection(server.port);
  for (let i = 1; i <= 5; i++) {
    connection.send(post(chat(`row:${i}`)));
    await answers(connection, i);
    // The head of an answer may come in a packet of its own.
    await until(() => connection.received.split('"good"').length === i + 1, `body ${i}`);
  }
  connection.leave();
});

onEach("requests sent without waiting are answered in their order", async ({ server }) => {
  const connection = new Connection(server.port);
  const get = "GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n";
  connection.send(post(chat("pipe", { stream: true })) + get + post(chat("pipe")));
  await answers(connection, 3);
  await until(() => connection.received.includes('"message"'), "the third body");
  const kinds = connection.received.match(/chat\.completion\.chunk|"ready"|"chat\.completion"/g);
  assertEquals([...new Set(kinds)], ["chat.completion.chunk", '"ready"', '"chat.completion"']);
  connection.leave();
}, { Bun: "Bun closes a connection whose next request comes before the answer" });

/** A body as HTTP's chunks, and its end. */
function chunked(body: string, size: number): Uint8Array[] {
  const utf8 = new TextEncoder();
  const bytes = utf8.encode(body);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(utf8.encode(`${piece.length.toString(16)}\r\n`), piece, utf8.encode("\r\n"));
  }
  return [...pieces, utf8.encode("0\r\n\r\n")];
}
