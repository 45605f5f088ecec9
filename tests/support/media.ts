/** A web of media as a `fetch` function, and requests that name some of them. */
import type { FetchInit, FetchLike } from "../../lib/fetch_like.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import type { FetchMediaOptions, GatewayOptions } from "../../lib/options/mod.ts";
import { chat, type Got, recorder, type Sent } from "./recorder.ts";

/** The smallest PNG there is a name for, in base64. */
export const PNG_BASE64 =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** The same, in bytes. */
export const PNG: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob(PNG_BASE64),
  (letter) => letter.charCodeAt(0),
);

export const page = (status: number, headers: HeadersInit = {}): Response =>
  new Response(null, { status, headers });

export const png = (): Response => new Response(PNG, { headers: { "content-type": "image/png" } });

type Web = Record<string, (init: FetchInit) => Response | Promise<Response>>;

/** What was asked of it, and how. */
export interface Visit {
  url: string;
  init: FetchInit;
}

/** A gateway whose provider is Bedrock, which fetches nothing, and a web to fetch from. */
export interface MediaScene {
  gateway: Gateway;
  sent: Sent[];
  visits: Visit[];
  ask(...uris: string[]): Promise<Got>;
}

const CONVERSE = {
  output: { message: { role: "assistant", content: [{ text: "A dot." }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
};

/** `web` answers by address; whatever it doesn't know is a PNG. */
export function mediaScene(
  web: Web = {},
  policy: FetchMediaOptions | false = {},
  options: GatewayOptions = {},
  answer: () => Response = () => Response.json(CONVERSE),
): MediaScene {
  const visits: Visit[] = [];
  const { fetch, sent } = recorder(answer);
  const mediaFetch: FetchLike = async (url, init) => {
    visits.push({ url, init });
    return await (web[url] ?? png)(init);
  };
  const gateway = createGateway({
    fetch,
    fetchMedia: policy === false ? false : { fetch: mediaFetch, ...policy },
    ...options,
    providers: {
      "aws-bedrock": { apiKey: "bedrock-key", region: "us-east-1" },
      ...options.providers,
    },
  });
  const ask = (...uris: string[]) => chat(gateway, showing("bedrock/amazon.nova-lite-v1:0", uris));
  return { gateway, sent, visits, ask };
}

/** A request that shows these pictures. */
export function showing(model: string, uris: readonly string[]): Record<string, unknown> {
  const pictures = uris.map((url) => ({ type: "image_url", image_url: { url } }));
  return {
    model,
    messages: [
      { role: "system", content: "You see." },
      { role: "user", content: [{ type: "text", text: "What is it?" }, ...pictures] },
    ],
  };
}
