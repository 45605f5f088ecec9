/** From a provider's settings to the provider as calls use it. */
import type { ModelRule } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import { customProvider } from "../providers/custom.ts";
import { demoProvider } from "../providers/demo.ts";
import type { Provider } from "../providers/provider.ts";
import { PROVIDERS } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { completeBaseUrl, fillBaseUrl } from "./base_url.ts";
import type { Fault } from "./fault.ts";
import { isCustom } from "./provider_name.ts";
import type { WrittenProvider } from "./schema.ts";

type Written = readonly [slug: string, settings: WrittenProvider][];

/**
 * Every provider this version speaks to, configured or not, and the configuration's own. Settings of
 * providers that later versions bring are checked and then left.
 */
export function configureProviders(
  written: Written,
  rules: ReadonlyMap<string, readonly ModelRule[]>,
): Map<string, ConfiguredProvider> {
  const settings = new Map(written);
  const providers = new Map<string, ConfiguredProvider>();
  for (const [slug, definition] of PROVIDERS) {
    providers.set(slug, configure(withRules(definition, rules), settings.get(slug) ?? {}));
  }
  for (const [slug, own] of settings) {
    const definition = own.definition ?? customDefinition(slug, own);
    if (definition === undefined) continue;
    providers.set(slug, configure(withRules(definition, rules), own));
  }
  return providers;
}

function withRules(
  definition: Provider,
  rules: ReadonlyMap<string, readonly ModelRule[]>,
): Provider {
  const own = rules.get(definition.slug);
  const codec = own && definition.codec.withModelRules?.(own);
  return codec === undefined ? definition : { ...definition, codec };
}

/** The provider of `demo: true`, whose answers take their time by this clock. */
export function configureDemo(clock: Clock): ConfiguredProvider {
  return configure(demoProvider(clock), {});
}

function customDefinition(slug: string, settings: WrittenProvider): Provider | undefined {
  return isCustom(slug) ? customProvider(slug, settings.chatPath) : undefined;
}

function configure(definition: Provider, settings: WrittenProvider): ConfiguredProvider {
  const { apiKey, keys = [], headers = [] } = settings;
  const own = definition.baseUrlFor?.(settings) ??
    (definition.baseUrl && fillBaseUrl(definition.baseUrl, settings));
  const baseUrl = settings.baseUrl ?? own;
  const stored = new Map(keys.map(([alias, key]) => [alias, [key].flat()]));
  if (apiKey !== undefined) stored.set("default", [apiKey]);
  return {
    definition,
    ...(baseUrl !== undefined && { baseUrl: completeBaseUrl(baseUrl, definition.versions, own) }),
    keys: stored,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    timeouts: settings.timeouts ?? {},
    models: settings.models ?? definition.models ?? [],
  };
}

/** What is wrong among a provider's settings rather than with one of them. */
export function providerFaults(written: Written): Fault[] {
  const faults: Fault[] = [];
  for (const [slug, { apiKey, keys = [], headers = [] }] of written) {
    const path = ["providers", slug];
    if (apiKey !== undefined && keys.some(([alias]) => alias === "default")) {
      faults.push({
        path,
        problem: "has both apiKey and keys.default, which are the same: give one",
      });
    }
    const seen = new Set<string>();
    for (const [name] of headers) {
      if (seen.has(name.toLowerCase())) {
        faults.push({ path: [...path, "headers", name], problem: "is given twice (case is free)" });
      }
      seen.add(name.toLowerCase());
    }
  }
  return faults;
}
