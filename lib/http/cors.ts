import type { Settings } from "../routing/settings.ts";
import type { Incoming, Reply } from "./incoming.ts";

/** What a page may read of an answer besides its body. */
const EXPOSED = [
  "cf-aig-log-id",
  "cf-aig-step",
  "cf-aig-provider",
  "cf-aig-model",
  "cf-aig-cache-status",
  "cf-aig-event-id",
  "dragoman-error-source",
  "dragoman-upstream-request-id",
  "dragoman-warnings",
  "retry-after",
  "server-timing",
  "x-request-id",
].join(", ");

/** The headers that let a page of an allowed origin read the answer; none for any other. */
export function corsHeaders(incoming: Incoming, { cors }: Settings): Record<string, string> {
  const origin = incoming.headers.get("origin");
  if (cors === undefined || origin === null) return {};
  const any = cors.origins.includes("*");
  if (!any && !cors.origins.includes(origin)) return { vary: "origin" };
  return {
    "access-control-allow-origin": any ? "*" : origin,
    "access-control-expose-headers": EXPOSED,
    ...(any ? {} : { vary: "origin" }),
  };
}

/** Answers a browser's question before the real request. */
export function preflight(incoming: Incoming, methods: string): Reply {
  const asked = incoming.headers.get("access-control-request-headers");
  return {
    status: 204,
    headers: {
      allow: methods,
      "access-control-allow-methods": methods,
      ...(asked === null ? {} : { "access-control-allow-headers": asked }),
      "access-control-max-age": "86400",
    },
    body: null,
  };
}
