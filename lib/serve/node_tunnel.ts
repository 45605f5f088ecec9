import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { Duplex } from "node:stream";

/** `Proxy-Authorization` of a proxy whose address holds a user, as headers. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The host name for `node:http`, which takes IPv6 addresses without brackets. */
export function plainHostname(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

interface Target {
  host?: string | null;
  port?: number | string | null;
  servername?: string;
}

type Connected = (error: Error | null, socket?: Duplex) => void;

/** An agent whose TLS connections run through a proxy's CONNECT tunnel; pooled like any other. */
export class TunnelAgent extends https.Agent {
  #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  // Node's types know only the form that returns a socket; the documented one with a callback is asynchronous.
  override createConnection(options: object, done?: unknown): undefined {
    const connected = done as Connected;
    const target = options as Target;
    const authority = `${bracketed(String(target.host))}:${target.port}`;
    const client = this.#proxy.protocol === "https:" ? https : http;
    const request = client.request({
      host: plainHostname(this.#proxy.hostname),
      port: this.#proxy.port || (client === https ? 443 : 80),
      method: "CONNECT",
      path: authority,
      agent: false,
      headers: { host: authority, ...proxyHeaders(this.#proxy) },
      timeout: 30_000,
    });
    request.on("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        connected(new Error(`the proxy refused the tunnel with status ${response.statusCode}`));
        return;
      }
      socket.setTimeout(0);
      connected(null, tls.connect({ ...options, socket }));
    });
    request.on("response", (response) => {
      response.resume();
      connected(new Error(`the proxy refused the tunnel with status ${response.statusCode}`));
    });
    request.on("timeout", () => request.destroy(new Error("the proxy did not answer")));
    request.on("error", (error) => connected(error));
    request.end();
    return undefined;
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
