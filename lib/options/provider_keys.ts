/** The keys that are stored for a provider, in whichever of their forms, and what is wrong with them. */
import type { KeyPart, NativeProvider, ProviderPlace } from "../providers/provider.ts";
import { ALL_PROVIDERS } from "../providers/registry.ts";
import type { Fault } from "./fault.ts";
import { type KeySource, readKeyNow, type WeightedKey } from "./key_source.ts";
import { KEY_PARTS, PLACES } from "./provider_name.ts";
import type { WrittenProvider } from "./schema.ts";
import { storeNameOf } from "./texts.ts";
import type { SharedKeyReference } from "../upstream/shared_keys.ts";

/** What stands under `providers`. */
export type Written = readonly [slug: string, settings: WrittenProvider][];

interface StoredKeys {
  alias: string;
  keys: readonly WeightedKey[];
  /** Where they are written, below the provider. */
  path: readonly string[];
}

/** Every stored key, by alias; settings that only together are a key come out as one. */
export function storedKeys(settings: WrittenProvider): StoredKeys[] {
  const { apiKey, keys = [] } = settings;
  const stored = keys.map(([alias, key]): StoredKeys => ({
    alias,
    keys: [key].flat().map((each) => typeof each === "object" ? each : plain(each)),
    path: ["keys", alias],
  }));
  if (apiKey !== undefined) {
    stored.push({ alias: "default", keys: [plain(apiKey)], path: ["apiKey"] });
  } else if (partsOf(settings).length > 0) {
    const key = JSON.stringify(Object.fromEntries(partsOf(settings)));
    stored.push({ alias: "default", keys: [plain(key)], path: [] });
  }
  return stored;
}

function plain(key: KeySource): WeightedKey {
  return { key, weight: 1 };
}

function partsOf(settings: WrittenProvider): [KeyPart, string][] {
  return KEY_PARTS.flatMap((part): [KeyPart, string][] => {
    const value = settings[part];
    return value === undefined ? [] : [[part, value]];
  });
}

/** What an operator says about his place at a provider. */
export function placeOf(settings: WrittenProvider): ProviderPlace {
  return Object.fromEntries(PLACES.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, value]];
  }));
}

/** What is wrong among a provider's settings rather than with one of them. */
export function providerFaults(written: Written): Fault[] {
  return written.flatMap(([slug, settings]) => {
    const definition = settings.definition ?? ALL_PROVIDERS.get(slug);
    const faults = [
      ...doubleKeys(settings),
      ...weightlessKeys(settings),
      ...doubleHeaders(settings),
      ...(definition === undefined ? [] : misplaced(definition, settings)),
      ...unusableKeys(definition, settings),
    ];
    return faults.map(({ path, problem }) => ({ path: ["providers", slug, ...path], problem }));
  });
}

function doubleKeys(settings: WrittenProvider): Fault[] {
  const { apiKey, keys = [] } = settings;
  const [part] = partsOf(settings)[0] ?? [];
  const ways = [
    ...(apiKey === undefined ? [] : ["apiKey"]),
    ...(keys.some(([alias]) => alias === "default") ? ["keys.default"] : []),
    ...(part === undefined ? [] : [part]),
  ];
  if (ways.length < 2) return [];
  return [{ path: [], problem: `has both ${ways.join(" and ")}, which are the same: give one` }];
}

function doubleHeaders({ headers = [] }: WrittenProvider): Fault[] {
  const seen = new Set<string>();
  return headers.flatMap(([name]) => {
    const isSecond = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isSecond ? [{ path: ["headers", name], problem: "is given twice (case is free)" }] : [];
  });
}

/** Regions are called otherwise in every cloud. */
function misplaced({ regions }: NativeProvider, { region }: WrittenProvider): Fault[] {
  if (regions === undefined || region === undefined || regions.match.test(region)) return [];
  return [{
    path: ["region"],
    problem: `must be one of this provider's, such as ${regions.example}`,
  }];
}

function weightlessKeys(settings: WrittenProvider): Fault[] {
  return storedKeys(settings).filter(({ keys }) => keys.every(({ weight }) => weight === 0))
    .map(({ path }) => ({ path, problem: "has no weight above 0, so nothing would be drawn" }));
}

function unusableKeys(definition: NativeProvider | undefined, settings: WrittenProvider): Fault[] {
  return storedKeys(settings).flatMap(({ keys, path }) =>
    keys.flatMap(({ key }, at): Fault[] => {
      if (nameInStore(key) !== undefined) return [];
      const { problem } = readKeyNow(key, definition ?? {}, placeOf(settings));
      if (problem === undefined) return [];
      return [{ path: keys.length > 1 ? [...path, at] : path, problem }];
    })
  );
}

/** The name of a key that lies in the store. */
function nameInStore(key: KeySource): string | undefined {
  return typeof key === "string" ? storeNameOf(key) : undefined;
}

/** The keys that lie in the store. */
export function keysInStore(written: Written): SharedKeyReference[] {
  return written.flatMap(([slug, settings]) =>
    storedKeys(settings).flatMap(({ keys, path }) =>
      keys.flatMap(({ key }, at) => {
        const name = nameInStore(key);
        const below = keys.length > 1 ? [...path, at] : path;
        return name === undefined ? [] : [{ name, path: ["providers", slug, ...below] }];
      })
    )
  );
}
