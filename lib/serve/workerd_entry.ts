import { createDoor, type GatewayDoor } from "../gateway.ts";
import type { GatewayOptions } from "../options/mod.ts";
import { failureReply } from "./plain_error.ts";
import { toResponse } from "../http/incoming.ts";

/** What `start:workerd` binds: a configuration that has been checked already, and how workerd is reached. */
interface Bindings {
  OPTIONS: string;
  LOOPBACK: string;
}

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void;
}

let door: GatewayDoor | undefined;

/** The Worker that `start:workerd` serves; deployed Workers use `mod.ts`. */
export default {
  async fetch(request: Request, env: Bindings, context: ExecutionContext): Promise<Response> {
    try {
      door ??= doorOf(env);
    } catch (error) {
      return toResponse(failureReply(error));
    }
    const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
    return await door.gateway.handle(request, { waitUntil, env });
  },
};

function doorOf({ OPTIONS, LOOPBACK }: Bindings): GatewayDoor {
  const loopback = LOOPBACK === "yes";
  const options: GatewayOptions = JSON.parse(OPTIONS);
  return createDoor(options, { loopback, openByDefault: loopback });
}
