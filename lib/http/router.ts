/** The one file that sees itty-router's loose types: it only matches paths, everything else is ours. */
import { IttyRouter } from "itty-router/IttyRouter";

/** The table's row a path belongs to, with the path's named parts, still percent-encoded. */
export interface PathMatch<Row> {
  row: Row;
  params: Record<string, string>;
}

/** Paths remembered: a client asks for few, an attacker for many. */
const REMEMBERED = 500;
const LONGEST = 200;

/**
 * Finds the first row whose pattern matches. The request itself is never handed to itty-router, which
 * would write onto it; nor does it decide about methods, since it knows neither 405 nor HEAD. A path is
 * matched once and then remembered: matching costs as much as the rest of the routing.
 */
export function createPathTable<Row extends { path: string }>(
  rows: readonly Row[],
): (pathname: string) => PathMatch<Row> | Promise<PathMatch<Row>> {
  const router = IttyRouter();
  for (const row of rows) {
    router.all(row.path, ({ params }: { params: Record<string, string> }) => ({ row, params }));
  }
  const known = new Map<string, PathMatch<Row>>();
  const find = async (pathname: string): Promise<PathMatch<Row>> => {
    const match = await router.fetch({ method: "GET", url: "http://gateway" + pathname });
    if (known.size >= REMEMBERED) known.clear();
    if (pathname.length <= LONGEST) known.set(pathname, match);
    return match;
  };
  return (pathname) => known.get(pathname) ?? find(pathname);
}
