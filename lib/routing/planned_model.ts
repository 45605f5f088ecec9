import type { PricedModel } from "../policy/price_book.ts";
import { ownerOf } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";

/** A model at a provider. */
export interface ProviderModel {
  provider: ConfiguredProvider;
  /** As the provider names it; may hold slashes. */
  model: string;
}

/** The same as a step of a plan, which may have been given limits of its own. */
export interface PlannedModel extends ProviderModel {
  /** Tries in all; default: the request's. */
  attempts?: number;
  /** Milliseconds until the first content of a stream, or the whole of an answer; default: the usual timeouts. */
  timeout?: number;
  /** The option that says so, for whoever finds it too short. */
  timeoutOption?: string;
}

/** `provider/model`, with the provider's own slug. */
export function nameOf({ provider, model }: ProviderModel): string {
  return `${provider.definition.slug}/${model}`;
}

/** The same model as limits and prices know it: however it is written, and at whichever of the provider's slugs. */
export function priced({ provider: { definition }, model }: ProviderModel): PricedModel {
  const { slug, codec } = definition;
  return { provider: ownerOf(slug), model: codec?.canonicalModel?.(model) ?? model };
}
