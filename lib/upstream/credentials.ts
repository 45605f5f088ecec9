import { GatewayError, isGatewayError } from "../errors.ts";
import type { Credential, NativeProvider } from "../providers/provider.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";

/** What of a caller's request bears on the choice of a provider key. */
export interface KeyChoice {
  /** The provider key that came with the request, if any. */
  requestKey?: string;
  /** `cf-aig-byok-alias`. */
  alias?: string;
  /** Stored keys are not for this caller: the gateway's `requestKeys` is `require`. */
  ownOnly?: boolean;
  /** Nothing is called without a key, not even what works without: the gateway's `byokOnly`. */
  keyed?: boolean;
}

/** The key to be used for a call. */
export interface ChosenKey {
  /** Absent where none is needed. */
  key?: string;
  /** The alias of a stored key, where it has more than one. */
  alias?: string;
}

/**
 * Chooses the key: the request's own, else a stored one of the alias (any of several), else none where the provider works
 * without. Throws 2040 naming the variable, the option and the header that would provide one.
 */
export function chooseKey(provider: ConfiguredProvider, choice: KeyChoice): ChosenKey {
  const { definition, keys } = provider;
  if (choice.requestKey !== undefined) return { key: choice.requestKey };
  if (choice.ownOnly) throw ownKeyNeeded(definition);
  const alias = choice.alias ?? "default";
  const key = keys.draw(alias);
  if (key !== undefined) return keys.isShared(alias) ? { key, alias } : { key };
  if (keys.size > 0 && choice.alias !== undefined) {
    const names = keys.aliases.map((name) => `'${name}'`).join(", ");
    throw new GatewayError(
      2040,
      `Provider '${definition.slug}' has no stored key named '${alias}'. Configured aliases: ${names}`,
      { provider: definition.slug, param: "cf-aig-byok-alias" },
    );
  }
  if (!definition.auth.required && !choice.keyed) return {};
  throw new GatewayError(2040, missingKey(definition), { provider: definition.slug });
}

function ownKeyNeeded({ slug }: NativeProvider): GatewayError {
  return new GatewayError(
    2040,
    `No key for ${slug}: this gateway uses no stored keys, so send yours with a request that names one provider ` +
      "(authorization: Bearer <key>)",
    { provider: slug },
  );
}

/** Names everything that would be a key, as the headers, variables and options that hold one. */
function missingKey(
  { slug, keyVariables = [], keyFileVariables = [], keyParts }: NativeProvider,
): string {
  const own = `DRAGOMAN_${slug.toUpperCase().replaceAll("-", "_")}_API_KEY`;
  const variables = [own, ...keyVariables, ...keyFileVariables.map((name) => `${name} (a file)`)];
  const options = [`providers.${slug}.apiKey`];
  if (keyParts !== undefined) {
    const needed = Object.entries(keyParts).filter(([, { optional }]) => optional !== true);
    variables.push(needed.map(([, { variables: [name] }]) => name).join(" with "));
    options.push(needed.map(([part]) => `providers.${slug}.${part}`).join(" with "));
  }
  return `No key for ${slug}: send it with the request (authorization: Bearer <key>), ` +
    `or store one in ${variables.join(" or ")}, or in the option ${options.join(" or ")}`;
}

/** Takes a key apart that is not shown as it is. Throws 2118 for one that can't be used. */
export function credentialOf(
  { definition, place }: ConfiguredProvider,
  key: string | undefined,
): Credential | undefined {
  if (key === undefined) return undefined;
  try {
    return definition.readKey?.(key, place);
  } catch (error) {
    throw keyFault(definition, error);
  }
}

/** What a provider says of a key, said of its own. */
export function keyFault({ slug }: NativeProvider, error: unknown): unknown {
  if (!isGatewayError(error)) return error;
  return new GatewayError(error.code, `The key for ${slug} ${error.message}`, { provider: slug });
}
