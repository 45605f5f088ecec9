import type { Gateway, GatewayDoor } from "../gateway.ts";
import type { Context } from "../http/http_call.ts";
import type { Incoming, Reply } from "../http/incoming.ts";
import { fromStream } from "../byte_source.ts";

/** What a server needs of a gateway. */
export type Answer = (incoming: Incoming, context: Context) => Promise<Reply>;

/** A gateway's answers as replies; a public gateway, which knows only the web's types, is asked with a real Request. */
export function answerOf(gateway: Gateway | Pick<GatewayDoor, "reply">): Answer {
  if ("reply" in gateway) return (incoming, context) => gateway.reply(incoming, context);
  return async (incoming, context) => {
    const response = await gateway.handle(toRequest(incoming), context);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: response.body === null ? null : fromStream(response.body),
    };
  };
}

function toRequest(incoming: Incoming): Request {
  const { method, url, headers, body, signal } = incoming;
  if (incoming instanceof Request) return incoming;
  const init = {
    method,
    headers: new Headers([...headers as unknown as Iterable<[string, string]>]),
    body: method === "GET" || method === "HEAD" ? null : body,
    signal,
    duplex: "half",
  };
  return new Request(url, init);
}
