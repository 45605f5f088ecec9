/** The one file that sees itty-router's loose types: it only matches paths, everything else is ours. */
import { IttyRouter } from "itty-router/IttyRouter";
import { GatewayError } from "../errors.ts";

/** Where a request goes. */
export interface Located<Row> {
  url: URL;
  row: Row;
  /** The path's named parts, decoded. */
  params: Readonly<Record<string, string>>;
}

/** Addresses remembered: a client asks for few, an attacker for many. Queries are not, they may hold keys. */
const REMEMBERED = 500;
const LONGEST = 200;

/**
 * Finds the first row whose pattern matches the path below `basePath`; the last row must match anything.
 * The path is taken from the parsed URL, once. The request itself is never handed to itty-router, which
 * would write onto it; nor does it decide about methods, since it knows neither 405 nor HEAD.
 *
 * An address is read and matched once and then remembered: that costs as much as the rest of the routing.
 */
export function createLocator<Row extends { path: string }>(
  rows: readonly Row[],
  basePath: string,
): (address: string) => Located<Row> | Promise<Located<Row>> {
  const router = IttyRouter();
  for (const row of rows) {
    router.all(row.path, ({ params }: { params: Record<string, string> }) => ({ row, params }));
  }
  const known = new Map<string, Located<Row>>();
  const locate = async (address: string): Promise<Located<Row>> => {
    const url = readUrl(address);
    const path = pathBelow(basePath, url);
    const { row, params } = await router.fetch({ method: "GET", url: "http://gateway" + path });
    const located = { url, row, params: decoded(params) };
    if (address.length <= LONGEST && url.search === "") {
      if (known.size >= REMEMBERED) known.clear();
      known.set(address, located);
    }
    return located;
  };
  return (address) => known.get(address) ?? locate(address);
}

/** Bun makes the URL of whatever `Host` it is sent: `x:99999` passes as a host and is none. */
function readUrl(address: string): URL {
  try {
    return new URL(address);
  } catch (cause) {
    throw new GatewayError(2107, "The Host header and the path are no URL", {
      cause,
      param: "host",
    });
  }
}

/** A foreign path becomes one that no row but the last matches. */
function pathBelow(basePath: string, { pathname }: URL): string {
  if (basePath === "") return pathname.startsWith("//") ? "/unknown" : pathname;
  if (pathname === basePath) return "/";
  return pathname.startsWith(basePath + "/") ? pathname.slice(basePath.length) : "/unknown";
}

function decoded(params: Record<string, string>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    try {
      out[name] = decodeURIComponent(value);
    } catch (cause) {
      throw new GatewayError(2103, "The path holds a malformed percent-encoding", { cause });
    }
  }
  return out;
}
