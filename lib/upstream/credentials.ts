import { GatewayError } from "../errors.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";

/** What of a caller's request bears on the choice of a provider key. */
export interface KeyChoice {
  /** The provider key that came with the request, if any. */
  requestKey?: string;
  /** `cf-aig-byok-alias`. */
  alias?: string;
}

/**
 * Chooses the key: the request's own, else a stored one of the alias, else none where the provider works
 * without. Throws 2040 naming the variable, the option and the header that would provide one.
 */
export function chooseKey(provider: ConfiguredProvider, choice: KeyChoice): string | undefined {
  const { definition, keys } = provider;
  if (choice.requestKey !== undefined) return choice.requestKey;
  const alias = choice.alias ?? "default";
  const stored = keys.get(alias)?.[0];
  if (stored !== undefined) return stored;
  if (keys.size > 0 && choice.alias !== undefined) {
    const names = [...keys.keys()].map((name) => `'${name}'`).join(", ");
    throw new GatewayError(
      2040,
      `Provider '${definition.slug}' has no stored key named '${alias}'. Configured aliases: ${names}`,
      { provider: definition.slug, param: "cf-aig-byok-alias" },
    );
  }
  if (!definition.auth.required) return undefined;
  throw new GatewayError(2040, missingKey(definition.slug), { provider: definition.slug });
}

function missingKey(slug: string): string {
  const variable = `DRAGOMAN_${slug.toUpperCase().replaceAll("-", "_")}_API_KEY`;
  return `No key for ${slug}: send it with the request (authorization: Bearer <key>), ` +
    `or store one in ${variable} or in the option providers.${slug}.apiKey`;
}
