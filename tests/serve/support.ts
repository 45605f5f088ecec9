import net from "node:net";
import http from "node:http";
import { test } from "node:test";
import type { GatewayDoor } from "../../lib/gateway.ts";
import type { Incoming, Reply } from "../../lib/http/incoming.ts";
import { runtime } from "../support/runtime.ts";

export { runtime };

type Body = () => void | Promise<void>;

/** A test that means something on Node only. */
export const nodeTest = (name: string, body: Body) =>
  void test(name, { skip: runtime === "node" ? false : "needs node" }, body);

/** A test that means something on Bun only. */
export const bunTest = (name: string, body: Body) =>
  void test(name, { skip: runtime === "bun" ? false : "needs bun" }, body);

/** A door whose answers are written by hand. */
export function doorOf(answer: (incoming: Incoming) => Reply | Promise<Reply>): GatewayDoor {
  const door = {
    drained: false,
    running: 0,
    reply: (incoming: Incoming) => Promise.resolve(incoming).then(answer),
    drain() {
      door.drained = true;
    },
  };
  return door as unknown as GatewayDoor;
}

/** A reply whose body is a text. */
export const plain = (body: string): Reply => ({
  status: 200,
  headers: { "content-type": "text/plain" },
  body,
});

/** Waits until `condition` holds; fails after `ms` milliseconds. */
export async function until(condition: () => boolean, what: string, ms = 1000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened within ${ms} ms: ${what}`);
    await pause(5);
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What a raw connection received until it closed, or was silent for `patience` milliseconds. */
export function exchange(port: number, text: string, patience = 0): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => received += data.toString("latin1"));
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
    socket.setTimeout(patience, () => socket.destroy());
  });
}

/** Something listening on a free loopback port; `close` also cuts its connections. */
export interface Upstream {
  port: number;
  url: string;
  connections: number;
  close(): Promise<void>;
}

/** A provider on raw sockets: `onConnection` speaks whatever it likes. */
export function rawUpstream(
  onConnection: (socket: net.Socket, count: number) => void,
): Promise<Upstream> {
  return listening(net.createServer(), (server, upstream) => {
    server.on("connection", (socket: net.Socket) => {
      socket.on("error", () => {});
      onConnection(socket, upstream.connections);
    });
  });
}

/** A provider on `node:http`. */
export function httpUpstream(listener: http.RequestListener): Promise<Upstream> {
  return listening(http.createServer(listener));
}

export function listening<S extends net.Server>(
  server: S,
  setUp: (server: S, upstream: Upstream) => void = () => {},
): Promise<Upstream> {
  const sockets = new Set<net.Socket>();
  const upstream: Upstream = {
    port: 0,
    url: "",
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  server.on("connection", (socket: net.Socket) => {
    upstream.connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  setUp(server, upstream);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      upstream.port = (server.address() as net.AddressInfo).port;
      upstream.url = `http://127.0.0.1:${upstream.port}`;
      resolve(upstream);
    })
  );
}
