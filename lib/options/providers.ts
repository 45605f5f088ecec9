/** From a provider's settings to the provider as calls use it. */
import type { ModelRule } from "../chat/codec.ts";
import { customProvider } from "../providers/custom.ts";
import { demoProvider } from "../providers/demo.ts";
import type { NativeProvider, Provider } from "../providers/provider.ts";
import { ALL_PROVIDERS, NATIVE_SLUGS } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { completeBaseUrl, fillBaseUrl } from "./base_url.ts";
import { KeyRing, type KeyRingContext } from "../upstream/key_ring.ts";
import { TokenCache } from "../upstream/token_cache.ts";
import { readStoredKey, storedKey } from "./key_source.ts";
import { placeOf, storedKeys, type Written } from "./provider_keys.ts";
import { isCustom } from "./provider_name.ts";
import type { WrittenProvider } from "./schema.ts";

/** What providers need besides their settings. */
export interface ProviderContext extends KeyRingContext {
  /** A key that lies in the store, by its name. */
  inStore: (name: string) => string;
}

/**
 * Every provider this version speaks to, configured or not, and the configuration's own. Settings of
 * providers that later versions bring are checked and then left.
 */
export function configureProviders(
  written: Written,
  rules: ReadonlyMap<string, readonly ModelRule[]>,
  context: ProviderContext,
): Map<string, ConfiguredProvider> {
  const settings = new Map(written);
  const providers = new Map<string, ConfiguredProvider>();
  for (const [slug, definition] of ALL_PROVIDERS) {
    providers.set(slug, configure(withRules(definition, rules), settings.get(slug), context));
  }
  for (const [slug, own] of settings) {
    const definition = own.definition ?? customDefinition(slug, own);
    if (definition === undefined) continue;
    providers.set(slug, configure(withRules(definition, rules), own, context));
  }
  return providers;
}

function withRules(
  definition: NativeProvider,
  rules: ReadonlyMap<string, readonly ModelRule[]>,
): NativeProvider {
  const own = rules.get(definition.slug);
  if (own === undefined) return definition;
  const { codec, embeddings } = definition;
  const ruled = embeddings?.withModelRules?.(own) ?? embeddings;
  return {
    ...definition,
    ...(codec !== undefined && { codec: codec.withModelRules?.(own) ?? codec }),
    ...(ruled !== undefined && { embeddings: ruled }),
  };
}

/** Slugs of native paths alone, which share the settings of others. */
export function configureNativeSlugs(
  written: Written,
  context: ProviderContext,
): Map<string, ConfiguredProvider> {
  const settings = new Map(written);
  return new Map(NATIVE_SLUGS.map(([definition, owner]) => [
    definition.slug,
    configure(definition, settings.get(owner), context),
  ]));
}

/** The provider of `demo: true`, whose answers take their time by this clock. */
export function configureDemo(context: ProviderContext): ConfiguredProvider {
  return configure(demoProvider(context.clock), {}, context);
}

function customDefinition(slug: string, settings: WrittenProvider): Provider | undefined {
  return isCustom(slug) ? customProvider(slug, settings.chatPath) : undefined;
}

function configure(
  definition: NativeProvider,
  written: WrittenProvider | undefined,
  context: ProviderContext,
): ConfiguredProvider {
  const settings = written ?? {};
  const { headers = [], baseUrl: address } = settings;
  const place = placeOf(settings);
  const keys = new KeyRing(
    new Map(
      storedKeys(settings).map(({ alias, keys }) => [
        alias,
        keys.map((each) => storedKey(each, definition, place, context.inStore)),
      ]),
    ),
    context,
  );
  const key = keys.first("default");
  const inKey = key === undefined ? undefined : readStoredKey(definition, key, place).place;
  const own = definition.baseUrlFor?.({ ...place, ...inKey }, key) ??
    (definition.baseUrl && fillBaseUrl(definition.baseUrl, settings));
  const baseUrl = address ?? own;
  const { baseUrlFor } = definition;
  const usable = keys.size > 0 || (written !== undefined && !definition.auth.required);
  return {
    definition,
    ...(baseUrl !== undefined && { baseUrl: completeBaseUrl(baseUrl, definition.versions, own) }),
    ...(address === undefined && baseUrlFor !== undefined && {
      baseUrlFor: (settings, key) => {
        const url = baseUrlFor(settings, key);
        return url && completeBaseUrl(url, definition.versions, url);
      },
    }),
    ownBase: address !== undefined,
    place,
    keys,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    tokens: new TokenCache(context.hash),
    timeouts: settings.timeouts,
    models: settings.models ?? (usable ? definition.models : undefined) ?? [],
    listable: usable && definition.listings !== undefined,
  };
}
