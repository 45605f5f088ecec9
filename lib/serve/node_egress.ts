import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { FetchedResponse, FetchInit, FetchLike } from "../fetch_like.ts";
import { writable } from "./node_body.ts";
import { ACCEPTED_ENCODINGS, NodeResponse } from "./node_response.ts";
import { plainHostname, proxyHeaders, TunnelAgent } from "./node_tunnel.ts";
import { type Env, proxyFor } from "./proxy_rules.ts";

/** Options of {@linkcode createNodeFetch}. */
export interface NodeFetchOptions {
  /** Where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read; by default there is no proxy. */
  env?: Env;
  /** How names become addresses. Default: as the machine does it. */
  lookup?: RequestOptions["lookup"];
}

/** How an origin is reached; worked out once for each. */
interface Way {
  client: typeof http | typeof https;
  host: string;
  port: string | number;
  hostHeader: string;
  agent: http.Agent;
  /** Takes part in no pool: for the second try after a pooled connection proved dead. */
  freshAgent: http.Agent;
  /** Before the path, when a plain proxy wants the absolute form. */
  pathPrefix: string;
  headers: Record<string, string>;
}

const POOL = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 4096, noDelay: true };
const ALONE = { keepAlive: false, noDelay: true };

/**
 * A `fetch` over `node:http` agents. Node's own costs three to five times as much per request; this one has
 * the same behaviour where the gateway relies on it: it decodes, aborts at any moment, reports a body cut short as
 * an error, and tries once more when a pooled connection turns out to be dead before it answered.
 */
export function createNodeFetch({ env = {}, lookup }: NodeFetchOptions = {}): FetchLike {
  const agents = createAgents(lookup);
  const ways = new Map<string, Way>();
  return (url, init) => {
    try {
      const start = url.indexOf("/", url.indexOf("://") + 3);
      const origin = start < 0 ? url : url.slice(0, start);
      let way = ways.get(origin);
      if (way === undefined) ways.set(origin, way = findWay(new URL(origin), env, agents));
      return send(way, start < 0 ? "/" : requestPath(url, start), init);
    } catch (error) {
      return Promise.reject(failed(error));
    }
  };
}

/** Characters and dot segments that `new URL` would rewrite. */
const NEEDS_URL = /[^\w\-~!$&'()*+,;=:@%/?.[\]]|\/\.|%2e/i;

function requestPath(url: string, start: number): string {
  const path = url.slice(start);
  if (!NEEDS_URL.test(path)) return path;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Makes the agents, which are shared by all origins reached in the same way. */
function createAgents(lookup: NodeFetchOptions["lookup"]) {
  const shared = new Map<string, [http.Agent, http.Agent]>();
  const own = lookup === undefined ? {} : { lookup };
  return (key: string, make: (options: http.AgentOptions) => http.Agent) => {
    let pair = shared.get(key);
    if (pair === undefined) {
      shared.set(key, pair = [make({ ...POOL, ...own }), make({ ...ALONE, ...own })]);
    }
    return pair;
  };
}

function findWay(origin: URL, env: Env, agents: ReturnType<typeof createAgents>): Way {
  if (origin.protocol !== "http:" && origin.protocol !== "https:") {
    throw new TypeError(`only http and https are spoken, not ${origin.protocol}`);
  }
  const secure = origin.protocol === "https:";
  const proxy = proxyFor(origin, env);
  const way = {
    client: secure ? https : http,
    host: plainHostname(origin.hostname),
    port: origin.port || (secure ? 443 : 80),
    hostHeader: origin.host,
    pathPrefix: "",
    headers: {},
  };
  if (proxy === undefined) {
    const make = (options: object) => secure ? new https.Agent(options) : new http.Agent(options);
    const [agent, freshAgent] = agents(origin.protocol, make);
    return { ...way, agent, freshAgent };
  }
  if (secure) {
    const [agent, freshAgent] = agents(
      `tunnel ${proxy.href}`,
      (options) => new TunnelAgent(proxy, options),
    );
    return { ...way, agent, freshAgent };
  }
  const client = proxy.protocol === "https:" ? https : http;
  const [agent, freshAgent] = agents(
    `proxy ${proxy.protocol}`,
    (options) => new client.Agent(options),
  );
  return {
    ...way,
    client,
    host: plainHostname(proxy.hostname),
    port: proxy.port || (client === https ? 443 : 80),
    pathPrefix: origin.origin,
    headers: proxyHeaders(proxy),
    agent,
    freshAgent,
  };
}

function send(way: Way, path: string, init: FetchInit): Promise<FetchedResponse> {
  const { signal, method } = init;
  let { body } = init;
  if (signal.aborted) return Promise.reject(signal.reason);
  const headers: Record<string, string | number> = {
    host: way.hostHeader,
    "accept-encoding": ACCEPTED_ENCODINGS,
    ...init.headers,
    ...way.headers,
  };
  const stream = body instanceof ReadableStream ? body : undefined;
  // A stream's length is known only where the caller said it.
  if (body !== undefined && stream === undefined) {
    headers["content-length"] = Buffer.byteLength(body as string | Uint8Array);
  }
  const options: RequestOptions = {
    host: way.host,
    port: way.port,
    path: way.pathPrefix + path,
    method,
    headers,
    agent: way.agent,
  };
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    let request: ClientRequest;
    const abort = () => (answer ?? request).destroy(abortError(signal));
    const start = (agent: http.Agent, retry: boolean) => {
      const current = way.client.request(agent === way.agent ? options : { ...options, agent });
      request = current;
      current.on("response", (message) => {
        answer = message;
        body = undefined; // a stream may run for minutes, and the prompt may be large
        resolve(new NodeResponse(message, method, signal));
      });
      current.on("error", (error) => {
        if (retry && answer === undefined && isStale(current, error) && !signal.aborted) {
          start(way.freshAgent, false);
        } else reject(signal.aborted ? signal.reason : failed(error));
      });
      current.on("close", () => {
        if (request === current) signal.removeEventListener("abort", abort);
      });
      if (stream === undefined) current.end(body);
      else void pour(stream, current);
    };
    // A header Node refuses throws here, before there is anything to abort. A stream can be sent once only.
    start(way.agent, stream === undefined);
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** Sends a stream as fast as the provider reads it; one that breaks off breaks the request off. */
async function pour(body: ReadableStream<Uint8Array>, request: ClientRequest): Promise<void> {
  const reader = body.getReader();
  // An answer may come before all is sent, and a departure at any time.
  request.on("close", () => void reader.cancel().catch(() => {})); // it may have failed already: the same to us
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (request.destroyed) return;
      if (done) break;
      if (!request.write(value)) await writable(request);
    }
    request.end();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error("the body broke off"));
  }
}

/** The pooled connection had been closed by the other side before it saw this request. */
function isStale(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** What streams take as a reason must be an Error; an abort reason may be anything. */
function abortError({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

/** As `fetch` fails: a TypeError whose cause carries Node's code, such as ECONNREFUSED. */
function failed(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return new TypeError(`fetch failed: ${code ?? message}`, { cause: error });
}
