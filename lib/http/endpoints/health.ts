import { GatewayError } from "../../errors.ts";
import { endsWithoutStore } from "../../routing/graph/ends_without_store.ts";
import type { Settings } from "../../routing/settings.ts";
import type { SharedKeys } from "../../upstream/shared_keys.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import type { StoreState } from "../store_probe.ts";

/** The answer of `GET /ready`. It tells nobody where the store is, nor what it holds. */
export interface Readiness {
  /** Requests should come only to a gateway that is `ready`. */
  status: "ready" | "not ready";
  /** Whether the store answers; absent where it is this process's memory. */
  store?: StoreState;
  /** How new the providers' keys from the store are; absent where none are used. `unread`: calls fail without them. */
  provider_keys?: SharedKeys["state"];
  /** What refuses requests while the store is as it is; absent while nothing does. */
  troubled?: string[];
}

/** The process lives. */
export const health: Endpoint = () => reply(200, { status: "ok" });

/** The gateway takes requests; 503 while it drains, or while something that can't do without the store has none. */
export const ready: Endpoint = async ({ core }) => {
  if (core.draining) throw new GatewayError(2113, "The gateway is shutting down");
  const { settings, probeStore } = core;
  const store = await probeStore();
  const keys = settings.sharedKeys?.state;
  const troubled = keys === "unread" ? ["provider_keys"] : [];
  if (store !== undefined && store !== "ok" && needsStore(settings)) troubled.push("limits");
  const isReady = troubled.length === 0;
  const readiness: Readiness = {
    status: isReady ? "ready" : "not ready",
    ...(store !== undefined && { store }),
    ...(keys !== undefined && { provider_keys: keys }),
    ...(!isReady && { troubled }),
  };
  return reply(isReady ? 200 : 503, readiness);
};

/** Whether a limit, or a route's budget, lets nobody pass without the store. */
function needsStore({ gateways }: Pick<Settings, "gateways">): boolean {
  return [...gateways.values()].some(({ limits, accessKeys, routes }) =>
    [limits, ...accessKeys.map((key) => key.limits ?? [])].flat()
      .some(({ onStoreTrouble }) => onStoreTrouble === "closed") ||
    [...routes.values()].some(({ graph }) => graph !== undefined && endsWithoutStore(graph))
  );
}

function reply(status: number, body: object): Reply {
  return {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}
