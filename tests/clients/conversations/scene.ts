/** Every native imitation behind one gateway. */
import type { GatewayOptions } from "../../../lib/options/mod.ts";
import { type Native, NATIVES, openCoast } from "../../support/natives/mod.ts";

export const coast = await openCoast(NATIVES);

/** Two imitations may stand for one provider: a gateway knows one of them at a time. */
export function gatewayOf(natives: readonly Native[]): GatewayOptions {
  return {
    providers: Object.fromEntries(natives.map((each) => [each.slug, coast.settings(each)])),
  };
}
