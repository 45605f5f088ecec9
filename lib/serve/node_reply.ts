import type { ServerResponse } from "node:http";
import type { Reply } from "../http/incoming.ts";
import type { ByteSource } from "../byte_source.ts";
import { writable } from "./node_body.ts";

/** Writes a reply to `node:http`; cancels its body when the caller leaves, and breaks the connection when it fails. */
export function writeReply(res: ServerResponse, reply: Reply, method: string): void {
  const { status, headers, body } = reply;
  if (res.destroyed) {
    if (typeof body === "object") body?.cancel();
    return;
  }
  if (typeof body === "object" && body !== null) return writeStream(res, reply, body, method);
  if (body !== null) headers["content-length"] = String(Buffer.byteLength(body));
  else if (!hasNoBody(status) && method !== "HEAD") headers["content-length"] = "0";
  res.writeHead(status, headers);
  if (body === null || method === "HEAD") res.end();
  else res.end(body);
}

function writeStream(
  res: ServerResponse,
  { status, headers }: Reply,
  body: ByteSource,
  method: string,
): void {
  res.writeHead(status, headers);
  if (method === "HEAD" || hasNoBody(status)) {
    body.cancel();
    res.end();
    return;
  }
  // The caller learns at once that the stream has begun, though its first chunk may be seconds away.
  res.flushHeaders();
  res.on("close", () => {
    if (!res.writableFinished) body.cancel();
  });
  void pump(res, body);
}

async function pump(res: ServerResponse, body: ByteSource): Promise<void> {
  try {
    for (;;) {
      const bytes = await body.next();
      if (res.destroyed) return;
      if (bytes === undefined) break;
      if (!res.write(bytes)) await writable(res);
    }
    res.end();
  } catch {
    // A clean end would make a broken answer look complete.
    res.destroy();
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
