import type { ProviderCodec, RelayCodec } from "../chat/codec.ts";
import type { Asker } from "./exchange.ts";
import type { Target } from "./target.ts";

/** How caller and provider understand each other: `relay` is there when both speak the same protocol. */
export function dialectOf(
  { caller }: Asker,
  { provider, model }: Target,
): { codec: ProviderCodec; relay?: RelayCodec } {
  const { codec: main } = provider.definition;
  const codec = main.forModel?.(model) ?? main;
  return codec.protocol === caller.protocol ? { codec, relay: codec.relay } : { codec };
}
