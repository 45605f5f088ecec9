import type { FetchInit } from "../../lib/fetch_like.ts";

/** Never answers, until its signal says so. */
export function silent({ signal }: FetchInit): Promise<Response> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
