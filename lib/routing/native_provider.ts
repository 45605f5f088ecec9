import { GatewayError } from "../errors.ts";
import { ALIASES } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { shown } from "./model_name.ts";
import type { Settings } from "./settings.ts";

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
