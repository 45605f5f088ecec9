/** What a gateway is measured beside: it passes a request on, and the answer back. `PORT UPSTREAM` */
import { Agent, createServer, request as httpRequest } from "node:http";
import process from "node:process";

const [port, upstream] = process.argv.slice(2);
const { Bun } = globalThis as unknown as {
  Bun?: { serve(options: Record<string, unknown>): void };
};

if (Bun !== undefined) {
  Bun.serve({ port: Number(port), hostname: "127.0.0.1", fetch: pass });
} else {
  const agent = new Agent({ keepAlive: true });
  createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const passed = httpRequest(`${upstream}${url}`, { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  }).listen(Number(port), "127.0.0.1");
}

/** The web's way, which is the quickest on Bun. */
async function pass(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const answer = await fetch(upstream + pathname, {
    method: request.method,
    headers: { "content-type": "application/json", authorization: "Bearer k" },
    body: await request.arrayBuffer(),
  });
  return new Response(answer.body, {
    status: answer.status,
    headers: { "content-type": answer.headers.get("content-type") ?? "" },
  });
}
