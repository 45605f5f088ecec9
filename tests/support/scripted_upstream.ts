/** A provider on a loopback port that plays its turns in order, records what it was asked, and sees callers leave. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { httpUpstream, pause } from "../serve/support.ts";

export type Json = { [key: string]: unknown };

/** OpenAI's error object. */
export interface WireError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

export interface Failure {
  status: number;
  error: WireError;
  headers?: Record<string, string>;
}

export interface Call {
  id: string;
  name: string;
  arguments: string;
}

/** What the model says next; without anything, a greeting. */
export interface Turn {
  /** One for each choice. */
  texts?: string[];
  calls?: Call[];
  reasoning?: string;
  failure?: Failure;
  /** Takes the request and never answers. */
  silent?: boolean;
  /** A stream stops after `after` chunks (default 3): goes silent, ends, breaks its connection, or reports an error. */
  stops?: "silent" | "end" | "reset" | WireError;
  after?: number;
  /** Writes a stream so many bytes at a time, wherever that cuts it; default: chunk by chunk. */
  pieces?: number;
  headers?: Record<string, string>;
}

/** One request as it arrived. */
export interface Recorded {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Json;
  /** Milliseconds since the epoch. */
  at: number;
  /** The caller went away before the answer was complete. */
  left: boolean;
}

/** How one provider judges requests and words its answers. */
export interface Dialect {
  check(request: Recorded): Failure | undefined;
  whole(turn: Turn, body: Json): Json;
  chunks(turn: Turn, body: Json): Json[];
}

export interface ScriptedUpstream {
  url: string;
  requests: Recorded[];
  /** Played in order; a refused request uses none up. */
  turns: Turn[];
  /** The latest request. */
  readonly last: Recorded;
  close(): Promise<void>;
}

export async function scriptedUpstream(dialect: Dialect): Promise<ScriptedUpstream> {
  const requests: Recorded[] = [];
  const turns: Turn[] = [];
  const server = await httpUpstream(async (req, res) => {
    const request = await record(req, res);
    requests.push(request);
    const failure = dialect.check(request);
    await play(failure ? { failure } : turns.shift() ?? {}, request.body, dialect, res);
  });
  return {
    url: server.url,
    requests,
    turns,
    get last() {
      const last = requests.at(-1);
      if (last === undefined) throw new Error("the upstream was not asked");
      return last;
    },
    close: server.close,
  };
}

async function record(req: IncomingMessage, res: ServerResponse): Promise<Recorded> {
  const at = Date.now();
  let text = "";
  for await (const chunk of req.setEncoding("utf8")) text += chunk;
  const request = {
    path: req.url ?? "",
    headers: req.headers,
    text,
    body: parsed(text),
    at,
    left: false,
  };
  res.on("close", () => request.left = !res.writableFinished);
  return request;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function play(turn: Turn, body: Json, dialect: Dialect, res: ServerResponse): Promise<void> {
  if (turn.silent) return;
  const headers = { "x-request-id": "req_upstream", "set-cookie": "trace=1", ...turn.headers };
  if (turn.failure !== undefined) {
    const { status, error } = turn.failure;
    res.writeHead(status, {
      ...headers,
      ...turn.failure.headers,
      "content-type": "application/json",
    });
    res.end(JSON.stringify({ error }));
  } else if (body.stream === true) {
    res.writeHead(200, { ...headers, "content-type": "text/event-stream; charset=utf-8" });
    await playStream(turn, dialect.chunks(turn, body), res);
  } else {
    res.writeHead(200, { ...headers, "content-type": "application/json" });
    res.end(JSON.stringify(dialect.whole(turn, body)));
  }
}

async function playStream(turn: Turn, chunks: Json[], res: ServerResponse): Promise<void> {
  const { stops, after = 3 } = turn;
  const said = stops === undefined ? chunks : chunks.slice(0, after);
  const events = said.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  if (typeof stops === "object") events.push(`data: ${JSON.stringify({ error: stops })}\n\n`);
  if (stops === undefined) events.push("data: [DONE]\n\n");
  res.flushHeaders();
  for (const piece of piecesOf(events, turn.pieces)) {
    if (res.destroyed) return;
    res.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (stops === "silent") return;
  if (stops !== "reset") return void res.end();
  // A reset throws away what the other side has not read yet.
  await pause(30);
  res.destroy();
}

function piecesOf(events: string[], size: number | undefined): (string | Uint8Array)[] {
  if (size === undefined) return events;
  const bytes = new TextEncoder().encode(events.join(""));
  return Array.from(
    { length: Math.ceil(bytes.length / size) },
    (_, at) => bytes.subarray(at * size, (at + 1) * size),
  );
}
