/** A loopback server that notes every request byte for byte, and answers by its path. */
import http from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface Arrival {
  method: string;
  /** Path and query. */
  target: string;
  /** Lower-case names; what came twice is joined. */
  headers: Record<string, string>;
  body: Uint8Array;
}

/** What is answered. */
export interface Answer {
  type: string;
  /** Sent one after another, as a stream would be. */
  pieces: readonly string[];
}

export interface RecordingUpstream {
  origin: string;
  arrivals: Arrival[];
  close(): Promise<void>;
}

/** Starts the server; `answer` is asked with each request. */
export async function recordingUpstream(
  answer: (arrival: Arrival) => Answer,
): Promise<RecordingUpstream> {
  const arrivals: Arrival[] = [];
  const server = http.createServer((req, res) => {
    const chunks: Uint8Array[] = [];
    req.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    req.on("end", () => {
      const headers = Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
      );
      const arrival = {
        method: req.method!,
        target: req.url!,
        headers,
        body: new Uint8Array(Buffer.concat(chunks)),
      };
      arrivals.push(arrival);
      const { type, pieces } = answer(arrival);
      res.writeHead(200, { "content-type": type });
      for (const piece of pieces) res.write(piece);
      res.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    arrivals,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections?.();
      }),
  };
}
