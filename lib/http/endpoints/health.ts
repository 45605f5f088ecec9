import { GatewayError } from "../../errors.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";

/** The process lives. */
export const health: Endpoint = () => status("ok");

/** The gateway takes requests; 503 while it drains. */
export const ready: Endpoint = ({ core }) => {
  if (!core.draining) return status("ready");
  throw new GatewayError(2113, "The gateway is shutting down");
};

function status(word: string): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify({ status: word }),
  };
}
