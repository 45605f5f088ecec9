import type { ProviderCodec, RelayCodec } from "../chat/codec.ts";
import { GatewayError } from "../errors.ts";
import type { Asker } from "./exchange.ts";
import type { Target } from "./target.ts";

/** What the chat of a target's model is spoken in. */
export function chatCodecOf({ provider, model }: Target): ProviderCodec {
  const { codec, slug } = provider.definition;
  if (codec === undefined) {
    const path = `/v1/{account}/{gateway}/${slug}/…`;
    throw new GatewayError(2008, `${slug} has no chat models: its own interface is at ${path}`, {
      provider: slug,
      param: "model",
    });
  }
  return codec.forModel?.(model) ?? codec;
}

/** How caller and provider understand each other: `relay` is there when both speak the same protocol. */
export function dialectOf(
  { caller }: Asker,
  target: Target,
): { codec: ProviderCodec; relay?: RelayCodec } {
  const codec = chatCodecOf(target);
  return codec.protocol === caller.protocol ? { codec, relay: codec.relay } : { codec };
}
