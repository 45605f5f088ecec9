/** A provider that plays by the model's name, and tells what its callers took and when they left. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { pause } from "../support/waiting.ts";

/** One request to the provider. */
export interface Call {
  model: string;
  body: Record<string, unknown>;
  /** The caller went away before the answer was complete. */
  left: boolean;
  /** Bytes of the answer that the caller's side has taken. */
  taken: number;
}

type Play = (res: ServerResponse, call: Call) => void | Promise<void>;

/** A chunk of a stream as OpenAI writes it. */
export function event(delta: object, finish_reason: string | null = null): string {
  const chunk = {
    id: "c-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

export const FIRST = event({ role: "assistant", content: "" });
export const END = event({}, "stop") + "data: [DONE]\n\n";
export const content = (text: string): string => event({ content: text });

const WHOLE = JSON.stringify({
  id: "c-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "good" },
    finish_reason: "stop",
  }],
});

/** Sends a stream's headers. */
export function begin(res: ServerResponse): void {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.flushHeaders();
}

/** A provider on a free port; `plays` by model name, any other model answers at once. */
export class Provider {
  readonly calls: Call[] = [];
  readonly plays: Record<string, Play> = {};
  readonly #server = http.createServer((req, res) => void this.#serve(req, res));
  readonly #listening: Promise<void>;

  constructor() {
    this.#listening = new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    after(() => {
      this.#server.close();
      this.#server.closeAllConnections();
    });
  }

  /** What a gateway is told of it: models are `custom-lab/NAME`. */
  async settings(): Promise<object> {
    await this.#listening;
    const { port } = this.#server.address() as AddressInfo;
    return { "custom-lab": { baseUrl: `http://127.0.0.1:${port}/v1` } };
  }

  /** The calls for one model. */
  of(model: string): Call[] {
    return this.calls.filter((call) => call.model === model);
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = "";
    for await (const piece of req.setEncoding("utf8")) text += piece;
    const body = JSON.parse(text);
    const { socket } = req;
    const before = socket.bytesWritten;
    const call: Call = {
      model: body.model,
      body,
      left: false,
      get taken() {
        return socket.bytesWritten - before - socket.writableLength;
      },
    };
    this.calls.push(call);
    res.on("error", () => {}); // written into a caller's departure
    res.on("close", () => call.left = !res.writableFinished);
    const play = this.plays[call.model.split(":")[0]!] ?? answer;
    await play(res, call);
  }
}

/** A short answer, whole or streamed. */
function answer(res: ServerResponse, { body }: Call): void {
  if (body.stream !== true) {
    res.writeHead(200, { "content-type": "application/json" });
    res.end(WHOLE);
    return;
  }
  begin(res);
  res.end(FIRST + content("good") + END);
}

/** Writes until the caller has left, never faster than he reads. */
export async function flood(res: ServerResponse): Promise<void> {
  const chunk = content("x".repeat(4000)).repeat(4);
  while (!res.destroyed) {
    if (res.write(chunk)) await pause(0);
    else await new Promise((resolve) => res.once("drain", resolve).once("close", resolve));
  }
}
