/**
 * A provider on bare sockets, which can misbehave in every way: refuse, reset, stall, trickle, lie. Every
 * connection serves one request, so a call that leaks is a socket that stays open.
 */
import net from "node:net";
import { pause } from "./waiting.ts";

/** One request to the provider, and the means to answer it badly. */
export class Visit {
  readonly #socket: net.Socket;
  readonly method: string;
  readonly path: string;
  /** Lower-case names; what came twice is joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;

  constructor(socket: net.Socket, head: string, body: string) {
    this.#socket = socket;
    const [line = "", ...fields] = head.split("\r\n");
    [this.method = "", this.path = ""] = line.split(" ");
    const headers = new Map<string, string>();
    for (const field of fields) {
      const colon = field.indexOf(":");
      const [name, value] = [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      const before = headers.get(name);
      headers.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    this.headers = headers;
    this.body = body;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  /** Bytes as they are. */
  raw(bytes: string | Uint8Array): void {
    if (!this.gone) this.#socket.write(bytes);
  }

  /** A whole answer; `claims` is the length it announces. */
  reply(
    status: number,
    headers: Record<string, string>,
    body: string | Uint8Array,
    claims = byteLength(body),
  ): void {
    this.raw(headText(status, { ...headers, "content-length": String(claims) }));
    this.raw(body);
    this.#socket.end();
  }

  /** The headers of an answer that comes in chunks. */
  begin(status: number, headers: Record<string, string>): void {
    this.raw(headText(status, { ...headers, "transfer-encoding": "chunked" }));
  }

  chunk(bytes: string | Uint8Array): void {
    const length = byteLength(bytes);
    if (length === 0) return;
    this.raw(`${length.toString(16)}\r\n`);
    this.raw(bytes);
    this.raw("\r\n");
  }

  /** The proper end of a chunked answer. */
  finish(): void {
    this.raw("0\r\n\r\n");
    if (!this.gone) this.#socket.end();
  }

  /** Breaks the connection. */
  reset(): void {
    this.#socket.destroy();
  }

  /** One byte a packet, so that no character or line end stays whole. */
  async trickle(bytes: Uint8Array): Promise<void> {
    for (const [at, byte] of bytes.entries()) {
      this.chunk(Uint8Array.of(byte));
      if (at % 50 === 0) await pause(0);
    }
  }
}

function headText(status: number, headers: Record<string, string>): string {
  const fields = Object.entries({ connection: "close", ...headers });
  return [`HTTP/1.1 ${status} Whatever`, ...fields.map((field) => field.join(": "))].join("\r\n") +
    "\r\n\r\n";
}

function byteLength(bytes: string | Uint8Array): number {
  return typeof bytes === "string" ? new TextEncoder().encode(bytes).length : bytes.length;
}

export type Act = (visit: Visit) => void | Promise<void>;

/** One provider's address and what happened there. */
export interface Scene {
  /** Without a slash at the end. */
  readonly url: string;
  readonly visits: Visit[];
  /** Connections still open. */
  readonly open: number;
}

interface OpenScene extends Scene {
  act: Act;
  open: number;
}

/** A loopback server that plays a scene for each address it gave out. */
export class FakeUpstream {
  readonly #server: net.Server;
  readonly #scenes = new Map<string, OpenScene>();
  readonly #sockets = new Set<net.Socket>();
  readonly origin: string;
  /** Every connection ever made. */
  connections = 0;

  private constructor(server: net.Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    server.on("connection", (socket: net.Socket) => this.#receive(socket));
  }

  static async start(): Promise<FakeUpstream> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FakeUpstream(server);
  }

  /** A new address that is answered by `act`. */
  scene(act: Act): Scene {
    const name = `scene-${this.#scenes.size + 1}`;
    const scene: OpenScene = { url: `${this.origin}/${name}`, visits: [], open: 0, act };
    this.#scenes.set(name, scene);
    return scene;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #receive(socket: net.Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    let text = "";
    let scene: OpenScene | undefined;
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (scene !== undefined) scene.open--;
    });
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (scene !== undefined) return;
      const visit = readVisit(socket, text);
      if (visit === undefined) return;
      scene = this.#scenes.get(visit.path.split("/")[1] ?? "");
      if (scene === undefined) return visit.reply(404, {}, "no such scene");
      scene.open++;
      scene.visits.push(visit);
      void scene.act(visit);
    });
  }
}

/** A request that has arrived whole. */
function readVisit(socket: net.Socket, text: string): Visit | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/^transfer-encoding: *chunked/im.test(head)) {
    return body.endsWith("0\r\n\r\n") ? new Visit(socket, head, unchunked(body)) : undefined;
  }
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return body.length < length ? undefined : new Visit(socket, head, utf8Of(body));
}

function unchunked(body: string): string {
  let out = "";
  for (let at = 0;;) {
    const line = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.slice(at, line), 16);
    if (!(size > 0)) return utf8Of(out);
    out += body.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

function utf8Of(latin1: string): string {
  return new TextDecoder().decode(Uint8Array.from(latin1, (letter) => letter.charCodeAt(0)));
}

/** An address on which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}
