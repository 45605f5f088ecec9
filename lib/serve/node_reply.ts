import type { ServerResponse } from "node:http";
import type { Reply } from "../http/incoming.ts";

/** Writes a reply to `node:http`; cancels its body when the caller leaves, and breaks the connection when it fails. */
export function writeReply(res: ServerResponse, reply: Reply, method: string): void {
  const { status, headers, body } = reply;
  if (res.destroyed) {
    if (body instanceof ReadableStream) cancel(body);
    return;
  }
  if (body instanceof ReadableStream) return writeStream(res, reply, body, method);
  if (body !== null) headers["content-length"] = String(Buffer.byteLength(body));
  else if (!hasNoBody(status) && method !== "HEAD") headers["content-length"] = "0";
  res.writeHead(status, headers);
  if (body === null || method === "HEAD") res.end();
  else res.end(body);
}

function writeStream(
  res: ServerResponse,
  { status, headers }: Reply,
  body: ReadableStream<Uint8Array>,
  method: string,
): void {
  res.writeHead(status, headers);
  if (method === "HEAD" || hasNoBody(status)) {
    cancel(body);
    res.end();
    return;
  }
  // The caller learns at once that the stream has begun, though its first chunk may be seconds away.
  res.flushHeaders();
  const reader = body.getReader();
  res.on("close", () => {
    if (!res.writableFinished) reader.cancel().catch(ignore);
  });
  void pump(res, reader);
}

async function pump(
  res: ServerResponse,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (res.destroyed) return;
      if (done) break;
      if (!res.write(value)) await writable(res);
    }
    res.end();
  } catch {
    // A clean end would make a broken answer look complete.
    res.destroy();
  }
}

/** Waits until the caller has read what was sent, or has left: `drain` alone would wait for ever then. */
function writable(res: ServerResponse): Promise<void> {
  if (res.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      res.off("drain", settle);
      res.off("close", settle);
      resolve();
    };
    res.on("drain", settle);
    res.on("close", settle);
  });
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

function cancel(body: ReadableStream<Uint8Array>): void {
  body.cancel().catch(ignore);
}

function ignore(): void {}
