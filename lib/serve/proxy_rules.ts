/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Finds the proxy for an origin, the way curl and Go read `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
export function proxyFor(origin: URL, env: Env): URL | undefined {
  const name = origin.protocol === "https:" ? "https_proxy" : "http_proxy";
  const value = env[name] || env[name.toUpperCase()];
  if (value === undefined || value === "" || isExempt(origin, env.no_proxy || env.NO_PROXY)) {
    return undefined;
  }
  return new URL(value.includes("://") ? value : `http://${value}`);
}

/** Whether anything at all goes through a proxy. */
export function usesProxy(env: Env): boolean {
  return ["https_proxy", "http_proxy"].some((name) => env[name] || env[name.toUpperCase()]);
}

function isExempt({ hostname, port, protocol }: URL, list: string | undefined): boolean {
  const host = bare(hostname);
  // As in Go: a proxy elsewhere can't reach what listens on this machine.
  if (host === "localhost" || host === "::1" || host.startsWith("127.")) return true;
  const ownPort = port !== "" ? port : protocol === "https:" ? "443" : "80";
  return (list ?? "").split(/[\s,]+/).some((entry) => entry !== "" && covers(entry, host, ownPort));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, name, entryPort] = /^(\[[^\]]*\]|[^:]*|[^[]*:[^[]*:[^[]*)(?::(\d+))?$/.exec(entry) ??
    [];
  if (name === undefined || (entryPort !== undefined && entryPort !== port)) return false;
  const wanted = bare(name).toLowerCase().replace(/^\*?\./, "");
  return host === wanted || host.endsWith(`.${wanted}`);
}

function bare(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
