/** A client on a bare connection: it sees the very bytes, and leaves when it likes. */
import net from "node:net";

/** The text of a chat request. */
export function chat(model: string, more: object = {}): string {
  const messages = [{ role: "user", content: "hello" }];
  return JSON.stringify({ model: `custom-lab/${model}`, messages, ...more });
}

/** The bytes of a POST, with its length unless `headers` says something else. */
export function post(
  body: string,
  { path = "/v1/chat/completions", headers = lengthOf(body) }: { path?: string; headers?: string } =
    {},
): string {
  const lines = [`POST ${path} HTTP/1.1`, "host: localhost", headers];
  return [...lines, "content-type: application/json", "", body].join("\r\n");
}

const lengthOf = (body: string) => `content-length: ${new TextEncoder().encode(body).length}`;

/** A connection to a server. */
export class Connection {
  readonly #socket: net.Socket;
  received = "";
  closed = false;

  constructor(port: number) {
    this.#socket = net.connect(port, "127.0.0.1");
    this.#socket.setEncoding("utf8").on("data", (text) => this.received += text);
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.closed = true);
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Stops reading, as a slow reader does. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  leave(): void {
    this.#socket.destroy();
  }
}

/** A chat over the runtime's own fetch. */
export function ask(url: string, body: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    ...init,
  });
}
