/** All native imitations behind one loopback port; a native's name is the first segment of its paths. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProviderSettings } from "../../../lib/options/mod.ts";
import { bodyOf } from "../accents/server.ts";
import { sentFault } from "../specs/sent.ts";
import type { Asked, Fault, Native, Spoken, Turn } from "./native.ts";

/** One imitation during one test. */
export interface Stay {
  native: Native;
  asked: Asked[];
  /** Played in order; a refused request uses none up. */
  turns: Turn[];
}

export interface Coast {
  url: string;
  /** Forgets what was asked and planned before. */
  visit(native: Native): Stay;
  /** How a gateway reaches it. */
  settings(native: Native): ProviderSettings;
}

/** Starts the server; it never keeps the process alive, so nobody has to stop it. */
export async function openCoast(natives: readonly Native[]): Promise<Coast> {
  const stays = new Map<string, Stay>();
  let serial = 10;
  const server = http.createServer((req, res) => {
    // A fault of an imitation's own breaks the connection, so that nobody waits for an answer.
    receive(stays, req, res, () => serial++).catch((error: Error) => res.destroy(error));
  });
  server.on("connection", (socket) => socket.unref());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visit = (native: Native): Stay => {
    const stay = { native, asked: [], turns: [] };
    stays.set(native.name, stay);
    return stay;
  };
  for (const native of natives) visit(native);
  return {
    url,
    visit,
    settings: ({ name, key, base }) => ({ apiKey: key, baseUrl: `${url}/${name}${base}` }),
  };
}

async function receive(
  stays: ReadonlyMap<string, Stay>,
  req: IncomingMessage,
  res: ServerResponse,
  serial: () => number,
): Promise<void> {
  const [, name = "", ...rest] = (req.url ?? "").split("/");
  const headers = req.headers as Asked["headers"];
  const asked = { path: `/${rest.join("/")}`, headers, body: await bodyOf(req) };
  const stay = stays.get(name);
  if (stay === undefined) return void res.writeHead(404).end();
  stay.asked.push(asked);
  await write(answer(stay, asked, serial), res);
}

function answer({ native, turns }: Stay, asked: Asked, serial: () => number): Spoken {
  const fault = native.judge(asked) ?? specificationFault(native, asked);
  if (fault !== undefined) return native.refuse(fault);
  return native.speak(turns.shift() ?? {}, asked, serial());
}

/** What the vendor's own description of his interface refuses, where it is at hand. */
function specificationFault({ slug }: Native, { path, body }: Asked): Fault | undefined {
  const message = sentFault(slug, path, body) ?? undefined;
  return message === undefined ? undefined : { status: 400, message };
}

async function write(
  { status, type, headers, pieces }: Spoken,
  res: ServerResponse,
): Promise<void> {
  res.writeHead(status, { ...headers, "content-type": type });
  // A few at a time, as a network would bring them.
  for (let at = 0; at < pieces.length && !res.destroyed; at += 3) {
    for (const piece of pieces.slice(at, at + 3)) res.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  res.end();
}
