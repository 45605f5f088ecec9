/** All imitated providers behind one loopback port; a provider's slug is the first segment of its paths. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Accent, Fault, Json, Turn } from "./accent.ts";
import { sentFault } from "../specs/sent.ts";
import { streamChunks, wholeAnswer } from "./speech.ts";

/** One request as it arrived. `path` is without the slug. */
export interface Recorded {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Json;
}

/** One imitated provider during one test. */
export interface Imitation {
  /** Ends after the slug. */
  url: string;
  accent: Accent;
  requests: Recorded[];
  /** Played in order; a refused request uses none up. */
  turns: Turn[];
  /** The latest request. */
  readonly last: Recorded;
}

export interface Coast {
  url: string;
  /** Forgets what was asked and planned of a provider before. */
  visit(accent: Accent): Imitation;
}

/** Starts the server; it never keeps the process alive, so nobody has to stop it. */
export async function openCoast(accents: readonly Accent[]): Promise<Coast> {
  const imitations = new Map<string, Imitation>();
  const server = http.createServer((req, res) => {
    // A fault of an imitation's own breaks the connection, so that nobody waits for an answer.
    receive(imitations, req, res).catch((error: Error) => res.destroy(error));
  });
  server.on("connection", (socket) => socket.unref());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = (accent: Accent): Imitation => {
    const imitation = imitationOf(accent, `${url}/${accent.slug}`);
    imitations.set(accent.slug, imitation);
    return imitation;
  };
  for (const accent of accents) visit(accent);
  return { url, visit };
}

async function receive(
  imitations: ReadonlyMap<string, Imitation>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const [, slug = "", ...rest] = (req.url ?? "").split("/");
  const request = { path: `/${rest.join("/")}`, headers: req.headers, body: await bodyOf(req) };
  const imitation = imitations.get(slug);
  if (imitation === undefined) return void res.writeHead(404).end();
  imitation.requests.push(request);
  answer(imitation, request, res);
}

function imitationOf(accent: Accent, url: string): Imitation {
  const requests: Recorded[] = [];
  return {
    url,
    accent,
    requests,
    turns: [],
    get last() {
      const last = requests.at(-1);
      if (last === undefined) throw new Error(`${accent.slug} was not asked`);
      return last;
    },
  };
}

/** A request's body; nothing where it is no JSON. */
export async function bodyOf(req: IncomingMessage): Promise<Json> {
  let text = "";
  for await (const chunk of req.setEncoding("utf8")) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The first thing wrong with a request: its path, its key, its model, its body, its specification. */
export function faultOf(accent: Accent, { path, headers, body }: Recorded): Fault | undefined {
  if (!accent.paths.includes(path)) return { status: 404, message: `There is nothing at ${path}.` };
  if (!accent.opens(headers, accent.key)) return accent.badKey;
  const model = String(body.model);
  if (!accent.models.includes(model)) return accent.unknownModel(model);
  for (const rule of accent.rules) {
    const fault = rule(body);
    if (fault !== undefined) return fault;
  }
  const message = sentFault(accent.slug, path, body) ?? undefined;
  return message === undefined ? undefined : { status: 400, message };
}

function answer({ accent, turns }: Imitation, request: Recorded, res: ServerResponse): void {
  const fault = faultOf(accent, request);
  const turn: Turn = fault ? { failure: fault } : turns.shift() ?? {};
  if (turn.failure) return refuse(accent, turn.failure, turn.failure.status, res);
  const stream = request.body.stream === true;
  // Providers without an event for errors answer a stream in JSON, too.
  if (turn.inside && !(stream && accent.voice.broken)) return refuse(accent, turn.inside, 200, res);
  if (stream) return void playStream(eventsOf(accent, turn, request.body), res);
  res.writeHead(200, { "content-type": "application/json" });
  const text = JSON.stringify(wholeAnswer(accent, turn, request.body));
  res.end((accent.voice.wholePrelude ?? "") + text);
}

function refuse(accent: Accent, fault: Fault, status: number, res: ServerResponse): void {
  const body = accent.envelope(fault);
  const html = typeof body === "string";
  const type = html ? "text/html" : "application/json";
  res.writeHead(status, { ...fault.headers, "content-type": type });
  res.end(html ? body : JSON.stringify(body));
}

function brokenLines({ voice, envelope }: Accent, fault: Fault): string {
  return voice.broken?.(fault) ?? `data: ${JSON.stringify(envelope(fault))}\n\n`;
}

/** The events of a stream, up to its end or its error. */
export function eventsOf(accent: Accent, turn: Turn, body: Json): string[] {
  const { prelude = "", newline = "\n", done = 1 } = accent.voice;
  if (turn.inside) return [brokenLines(accent, turn.inside)];
  const events = streamChunks(accent, turn, body)
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  const said = turn.breaks
    ? [...events.slice(0, 4), brokenLines(accent, turn.breaks)]
    : [...events, ...Array<string>(done).fill("data: [DONE]\n\n")];
  return [prelude, ...said].map((text) => text.replaceAll("\n", newline));
}

async function playStream(events: string[], res: ServerResponse): Promise<void> {
  res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  // A few at a time, as a network would bring them.
  for (let at = 0; at < events.length && !res.destroyed; at += 3) {
    res.write(events.slice(at, at + 3).join(""));
    await new Promise((resolve) => setImmediate(resolve));
  }
  res.end();
}
