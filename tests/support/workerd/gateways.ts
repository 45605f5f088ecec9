/** A Worker that holds many gateways: `POST /gateways` with options makes one, below the `basePath` in them. */
import { createDoor, type Gateway } from "../../../lib/gateway.ts";
import type { GatewayOptions } from "../../../lib/options/mod.ts";

const gateways = new Map<string, Gateway>();

export default {
  async fetch(request: Request, env: unknown, context: { waitUntil(work: unknown): void }) {
    const { pathname } = new URL(request.url);
    if (pathname === "/gateways") {
      const options: GatewayOptions = await request.json();
      const { gateway } = createDoor(options, { loopback: true, openByDefault: true });
      gateways.set(options.basePath!, gateway);
      return new Response();
    }
    const gateway = gateways.get(pathname.split("/", 2).join("/"));
    const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
    return gateway?.handle(request, { env, waitUntil }) ?? new Response("none", { status: 404 });
  },
};
