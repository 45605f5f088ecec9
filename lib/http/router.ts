/** The one file that sees itty-router's loose types: it only matches paths, everything else is ours. */
import { IttyRouter } from "itty-router/IttyRouter";

/** The table's row a path belongs to, with the path's named parts, still percent-encoded. */
export interface PathMatch<Row> {
  row: Row;
  params: Record<string, string>;
}

/**
 * Finds the first row whose pattern matches. The request itself is never handed to itty-router, which
 * would write onto it; nor does it decide about methods, since it knows neither 405 nor HEAD.
 */
export function createPathTable<Row extends { path: string }>(
  rows: readonly Row[],
): (pathname: string) => Promise<PathMatch<Row> | undefined> {
  const router = IttyRouter();
  for (const row of rows) {
    router.all(row.path, ({ params }: { params: Record<string, string> }) => ({ row, params }));
  }
  return (pathname) => router.fetch({ method: "GET", url: "http://gateway" + pathname });
}
