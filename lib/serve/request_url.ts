const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * The absolute URL of a request line, or undefined when it can't be trusted. The path is what the client
 * wrote after the host, so neither a strange `Host` nor a target of `//x` or `http://other/…` can shift it.
 */
export function requestUrl(scheme: string, host: string, target: string): string | undefined {
  if (!isPlainHost(host)) return undefined;
  if (target.charCodeAt(0) === 47 /* slash */) return `${scheme}://${host}${target}`;
  const absolute = ABSOLUTE.exec(target);
  // RFC 9112 §3.2.2: servers accept the absolute form, and its host is the same as the Host header's.
  if (absolute === null || absolute[1]!.toLowerCase() !== host.toLowerCase()) return undefined;
  const rest = absolute[2]!;
  return `${scheme}://${host}${rest.startsWith("/") ? rest : `/${rest}`}`;
}

/** Hosts that were found plain; a server is called by few names, and a caller can't make this grow. */
const plainHosts = new Set<string>();

function isPlainHost(host: string): boolean {
  if (plainHosts.has(host)) return true;
  if (!HOST.test(host) || !URL.canParse(`http://${host}/`)) return false;
  if (plainHosts.size < 256) plainHosts.add(host);
  return true;
}
