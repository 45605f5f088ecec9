import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { type Connect, CONNECT_TIMEOUT } from "./node_connections.ts";

/** `Proxy-Authorization` of a proxy whose address holds a user, as headers. */
export function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The host name for `node:http`, which takes IPv6 addresses without brackets. */
function plainHostname(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

/** Opens TLS connections through a proxy's CONNECT tunnel; `secure` wraps the tunnel's socket. */
export function tunnel(proxy: URL, secure: Connect): Connect {
  const client = proxy.protocol === "https:" ? https : http;
  return (target, connected) => {
    const authority = `${bracketed(target.hostname)}:${target.port || 443}`;
    const request = client.request({
      host: plainHostname(proxy.hostname),
      port: proxy.port || (client === https ? 443 : 80),
      method: "CONNECT",
      path: authority,
      agent: false,
      headers: { host: authority, ...proxyHeaders(proxy) },
      timeout: CONNECT_TIMEOUT,
    });
    request.on("connect", (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return connected(refused(response), null);
      }
      socket.setTimeout(0);
      secure({ ...target, httpSocket: socket as Socket }, connected);
    });
    request.on("response", (response) => {
      response.resume();
      connected(refused(response), null);
    });
    request.on("timeout", () => request.destroy(new Error("the proxy did not answer")));
    request.on("error", (error) => connected(error, null));
    request.end();
  };
}

function refused({ statusCode }: IncomingMessage): Error {
  return new Error(`the proxy refused the tunnel with status ${statusCode}`);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
