/** Which providers a configuration may name. */
import { nearest } from "../nearest.ts";
import type { KeyPart, Provider, ProviderSetting } from "../providers/provider.ts";
import { ALIASES, ALL_PROVIDERS } from "../providers/registry.ts";
import { hidden, type Shape } from "./shapes.ts";

/** Prefixes that mean something else in a model's name or a path. */
const RESERVED = ["compat", "dynamic", "demo"];

/** What an operator may say about his place; only where the provider asks for it is the option one. */
export const PLACES: readonly ProviderSetting[] = [
  "accountId",
  "apiVersion",
  "project",
  "region",
  "resource",
  "tokenUrl",
];

/** Settings that together are a key; as above. */
export const KEY_PARTS: readonly KeyPart[] = [
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "tenantId",
  "clientId",
  "clientSecret",
];

const CUSTOM = /^custom-[a-z0-9-]+$/;

/** Tells the name of a provider that only the configuration knows. */
export function isCustom(slug: string): boolean {
  return CUSTOM.test(slug);
}

/** A provider made by `defineProvider`; what it holds is that function's to check. */
export const definitionShape: Shape<Provider> = hidden((value) => {
  const { slug, auth, codec } = (value ?? {}) as Partial<Provider>;
  return typeof slug === "string" && typeof auth === "object" && typeof codec === "object";
}, "a provider made by defineProvider");

/** What is wrong with a key of `providers`, given what is written under it. */
export function providerNameFault(slug: string, written: unknown): string | undefined {
  const settings = (typeof written === "object" && written !== null) ? written : {};
  const { definition, baseUrl } = settings as { definition?: Partial<Provider>; baseUrl?: unknown };
  const canonical = ALIASES.get(slug);
  if (canonical !== undefined) {
    return `is a short name for model names only: write providers.${canonical}`;
  }
  const known = definition ?? ALL_PROVIDERS.get(slug) ?? {};
  for (const option of PLACES) {
    if (Object.hasOwn(settings, option) && !(option in (known.settings ?? {}))) {
      return `cannot have ${option}: ${
        option === "tokenUrl" ? "its keys need" : "its address holds"
      } none`;
    }
  }
  for (const option of KEY_PARTS) {
    if (Object.hasOwn(settings, option) && !(option in (known.keyParts ?? {}))) {
      return `cannot have ${option}: its key is the option apiKey`;
    }
  }
  for (const option of ["codec", "chatPath"]) {
    if (!isCustom(slug) && Object.hasOwn(settings, option)) {
      return `cannot have ${option}: only custom-<name> providers can`;
    }
  }
  if (typeof definition === "object") return definitionFault(slug, settings);
  if (ALL_PROVIDERS.has(slug)) return undefined;
  if (RESERVED.includes(slug)) return 'is not configured here (the demo comes with "demo": true)';
  if (!isCustom(slug)) return unknownProvider(slug);
  return baseUrl === undefined ? "needs a baseUrl, such as https://api.example.com/v1" : undefined;
}

/** What is wrong with a provider's name outside `providers`, if anything. */
export function providerSlugFault(slug: string): string | undefined {
  const canonical = ALIASES.get(slug);
  if (canonical !== undefined) return `is a short name for model names only: write ${canonical}`;
  return /^[a-z0-9-]+$/.test(slug) ? undefined : unknownProvider(slug);
}

function definitionFault(
  slug: string,
  settings: {
    definition?: Partial<Provider>;
    baseUrl?: unknown;
    codec?: unknown;
    chatPath?: unknown;
  },
): string | undefined {
  const { baseUrl, codec, chatPath } = settings;
  const definition = settings.definition ?? {};
  if (!/^[a-z0-9-]+$/.test(slug) || RESERVED.includes(slug)) {
    return "is not a name a provider can have: lower-case letters, digits and hyphens, " +
      `but not ${RESERVED.join(", ")}`;
  }
  if (typeof definition.slug === "string" && definition.slug !== slug) {
    return `has a definition whose slug is "${definition.slug}": both must be the same`;
  }
  if (codec !== undefined || chatPath !== undefined) {
    return "has a definition, which already says codec and chatPath";
  }
  const { baseUrl: own, baseUrlFor, fetch } = definition;
  const reachable = baseUrl ?? own ?? baseUrlFor ?? fetch;
  return reachable === undefined ? "needs a baseUrl: its definition has none" : undefined;
}

function unknownProvider(slug: string): string {
  const known = [...ALL_PROVIDERS.keys()];
  const meant = nearest(slug, [...known, ...ALIASES.keys()]);
  const hint = meant === undefined
    ? `known are ${known.join(", ")}; others are named custom-<name>, in lower case`
    : `did you mean "${ALIASES.get(meant) ?? meant}"?`;
  return `is not a known provider (${hint})`;
}
