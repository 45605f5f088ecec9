/** The gateways of tests: as users make them, and watched for secrets that come out of them. */
import { isGatewayError } from "../../lib/errors.ts";
import * as real from "../../lib/gateway.ts";
import type { Door, Gateway, GatewayDoor } from "../../lib/gateway.ts";
import type { GatewayBinding } from "../../lib/http/binding.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { secretsIn, secretsOfRequest } from "./canary/secrets.ts";
import { Watch } from "./canary/watch.ts";

export type { Door, Gateway, GatewayDoor };

/** `createGateway`, watched. */
export function createGateway(options?: GatewayOptions): Gateway {
  const watch = watchOf(options);
  return watchGateway(making(watch, () => real.createGateway(withStore(options, watch))), watch);
}

/** `createDoor`, watched. */
export function createDoor(options: GatewayOptions, where: Door): GatewayDoor {
  const watch = watchOf(options);
  const door = making(watch, () => real.createDoor(withStore(options, watch)!, where));
  const { reply } = door;
  door.reply = async (incoming, context) => {
    watch.add(secretsOfRequest(new Headers([...incoming.headers]), incoming.url));
    return watch.reply(await reply(incoming, context));
  };
  watchGateway(door.gateway, watch);
  return door;
}

function watchOf(options: GatewayOptions | undefined): Watch {
  const watch = new Watch();
  watch.add(secretsIn(options));
  return watch;
}

/** A store that is handed in may be anywhere. */
function withStore(options: GatewayOptions | undefined, watch: Watch): GatewayOptions | undefined {
  const store = options?.store;
  if (typeof store !== "object" || store === null || !("get" in store)) return options;
  return { ...options, store: watch.store(store) };
}

function making<T>(watch: Watch, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (isGatewayError(error)) watch.text(error.message, "an error");
    throw error;
  }
}

function watchGateway(gateway: Gateway, watch: Watch): Gateway {
  const { fetch, handle, run, binding, explain } = gateway;
  const bound = (run: GatewayBinding["run"]): GatewayBinding["run"] => async (...args) =>
    watch.response(await run(...args));
  gateway.fetch = async (input, ...rest) => {
    const { headers } = input instanceof Request ? input : (rest[0] ?? {}) as RequestInit;
    watch.add(
      secretsOfRequest(new Headers(headers), input instanceof Request ? input.url : `${input}`),
    );
    return watch.response(await fetch(input, ...rest));
  };
  gateway.handle = async (request, context) => {
    watch.add(secretsOfRequest(request.headers, request.url));
    return watch.response(await handle(request, context));
  };
  gateway.run = bound(run);
  gateway.binding = (id) => ({ ...binding(id), run: bound(binding(id).run) });
  gateway.explain = async (request, context) => {
    const said = await explain(request, context);
    watch.text(JSON.stringify(said), "an explanation");
    return said;
  };
  return gateway;
}
