/** A provider as a `fetch` function, which notes what it was sent; and short ways to ask a gateway. */
import { type FetchInit, type FetchLike, textBody } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { openaiTongue } from "./tongues.ts";

/** One call to a provider. */
export interface Sent {
  url: string;
  headers: Record<string, string>;
  redirect: string;
  text: string;
  body: Record<string, unknown>;
}

export interface Recorder {
  fetch: FetchLike;
  sent: Sent[];
}

const JSON_TYPE = { "content-type": "application/json" };

/** A good whole answer, or stream. */
export function goodAnswer(init: Pick<FetchInit, "body">, headers: HeadersInit = {}): Response {
  const { whole, head, content, rest, streamType } = openaiTongue;
  const stream = (JSON.parse(textBody(init) || "{}") as { stream?: boolean }).stream === true;
  const all = new Headers(stream ? { "content-type": streamType } : JSON_TYPE);
  for (const [name, value] of new Headers(headers)) all.set(name, value);
  return new Response(stream ? head + content + rest : whole, { headers: all });
}

/** Notes every call, and answers it by `answer`. */
export function recorder(answer: (init: FetchInit) => Response = goodAnswer): Recorder {
  const sent: Sent[] = [];
  const fetch: FetchLike = (url, init) => {
    const text = textBody(init);
    const body = JSON.parse(text) as Record<string, unknown>;
    // Names and values are checked as a real `fetch` would.
    const headers = Object.fromEntries(new Headers(init.headers));
    sent.push({ url, headers, redirect: init.redirect, text, body });
    return Promise.resolve(answer(init));
  };
  return { fetch, sent };
}

/** A gateway whose only provider is the recorder. */
export function recorded(options: GatewayOptions = {}, answer?: (init: FetchInit) => Response) {
  const { fetch, sent } = recorder(answer);
  const providers = { openai: { apiKey: "sk-stored-openai" }, ...options.providers };
  return { gateway: createGateway({ ...options, fetch, providers }), sent };
}

/** An answer that has been read. */
export interface Got {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends any request. */
export async function send(gateway: Gateway, path: string, init: RequestInit = {}): Promise<Got> {
  const response = await gateway.fetch(new Request(`http://localhost${path}`, init));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const MESSAGES = [{ role: "user", content: "Hello" }];

/** Asks for a chat completion: `body` is merged into a plain request, or sent as it is when it is text. */
export function chat(
  gateway: Gateway,
  body: Record<string, unknown> | string = {},
  headers: HeadersInit = {},
  path = "/v1/chat/completions",
): Promise<Got> {
  const text = typeof body === "string"
    ? body
    : JSON.stringify({ model: "openai/gpt-5-mini", messages: MESSAGES, ...body });
  return send(gateway, path, { method: "POST", headers, body: text });
}

export interface WireError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** The error of an answer in OpenAI's dialect. */
export function errorOf({ text }: Got): WireError {
  return (JSON.parse(text) as { error: WireError }).error;
}
