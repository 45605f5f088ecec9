import type { FetchLike } from "../fetch_like.ts";

let loaded: Promise<FetchLike> | undefined;

/** `createMediaFetch`'s, loaded when the first media are fetched: few gateways ever do, and `node:https` costs Bun its start. */
export const lazyMediaFetch: FetchLike = async (url, init) => {
  loaded ??= import("./media_fetch.ts").then(({ createMediaFetch }) => createMediaFetch());
  return (await loaded)(url, init);
};
