import { GatewayError } from "../errors.ts";
import { ALIASES } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { parseModelName, shown } from "./model_name.ts";
import { findRoute } from "./plan.ts";
import type { GatewaySettings, Settings } from "./settings.ts";

/** The provider whose own interface a slug stands for, which no alias does. Throws 2008 for an unknown one. */
export function nativeProvider(
  slug: string,
  { providers, nativeSlugs }: Settings,
): ConfiguredProvider {
  const provider = nativeSlugs.get(slug) ?? providers.get(slug);
  // What answers inside this process has no interface of its own.
  if (provider !== undefined && provider.definition.fetch === undefined) return provider;
  const canonical = ALIASES.get(slug);
  if (canonical !== undefined) {
    throw new GatewayError(2008, `Invalid provider "${slug}": in paths it is "${canonical}"`);
  }
  const reachable = [...providers].filter(([, { definition }]) => definition.fetch === undefined);
  const known = [...nativeSlugs.keys(), ...reachable.map(([name]) => name)].sort().join(", ");
  throw new GatewayError(
    2008,
    `Invalid provider "${
      shown(slug)
    }": known are ${known}; other servers can be configured as custom-<slug>`,
  );
}

/**
 * The slug of the provider whose models go by their bare names, `@cf/…`, where this is one and the provider's own
 * interface can be reached; a route of that name comes first.
 */
export function runsNatively(
  model: string,
  gateway: GatewaySettings,
  settings: Settings,
): string | undefined {
  if (!model.startsWith("@cf/") || findRoute(model, gateway) !== undefined) return undefined;
  const { definition } = parseModelName(model, settings).provider;
  return definition.fetch === undefined ? definition.slug : undefined;
}
