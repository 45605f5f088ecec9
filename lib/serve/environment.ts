import { GatewayError } from "../errors.ts";
import { present } from "../json/fields.ts";
import { KEY_PARTS } from "../options/mod.ts";
import type { GatewayEntry, GatewayOptions, ProviderSettings } from "../options/mod.ts";
import type { NativeProvider, ProviderSetting } from "../providers/provider.ts";
import { ALL_PROVIDERS } from "../providers/registry.ts";
import { type ConfigSources, parseConfig } from "./config_file.ts";
import type { Env } from "./proxy_rules.ts";

/** Options, and where each provider's key came from: the name of a variable or the path of an option, never a key. */
export interface Configuration {
  options: GatewayOptions;
  keySources: ReadonlyMap<string, string>;
}

/** What {@linkcode configurationOf} reads besides the environment. */
export interface ConfigurationSources extends ConfigSources {
  /** The contents of `dragoman.json`, where there is one. */
  file?: GatewayOptions;
  /** Only for tests; default: every provider of the registry. */
  providers?: ReadonlyMap<string, NativeProvider>;
}

/**
 * The configuration of a gateway that stands alone: the file's fields, then those of `DRAGOMAN_CONFIG`, then
 * the variables, `DRAGOMAN_<PROVIDER>_API_KEY` and `_BASE_URL` before the vendors' own names.
 */
export function configurationOf(sources: ConfigurationSources): Configuration {
  const { env, file = {}, providers = ALL_PROVIDERS } = sources;
  const text = env.DRAGOMAN_CONFIG;
  const whole = text === undefined || text.trim() === ""
    ? {}
    : parseConfig(text, "DRAGOMAN_CONFIG", sources);
  const written = merge(whole, file) as GatewayOptions;
  const keySources = new Map<string, string>();
  const settings = providerSettings(written, sources, providers, keySources);
  const options = { ...written };
  if (Object.keys(settings).length > 0) options.providers = settings;
  const gateways = gatewayEntries(written, env);
  if (gateways !== undefined) options.gateways = gateways;
  const secret = listed(env.DRAGOMAN_SECRET);
  if (written.secret === undefined && secret.length > 0) options.secret = secret;
  return { options, keySources };
}

function providerSettings(
  { providers: written = {} }: GatewayOptions,
  sources: ConfigSources,
  known: ReadonlyMap<string, NativeProvider>,
  keySources: Map<string, string>,
): Record<string, ProviderSettings> {
  // What the file holds under a wrong type is reported by `checkOptions`, with its path.
  if (!isObject(written)) return written;
  const { env } = sources;
  const settings: Record<string, ProviderSettings> = { ...written };
  for (const slug of new Set([...known.keys(), ...Object.keys(written)])) {
    const own = written[slug];
    if (own !== undefined && !isObject(own)) continue;
    const provider: Partial<NativeProvider> = known.get(slug) ?? {};
    const { baseUrlVariables = [], settings: open = {} } = provider;
    const base = firstSet(env, [variable(slug, "BASE_URL"), ...baseUrlVariables]);
    const merged: ProviderSettings = { ...own };
    const option = writtenKey(own);
    const found = option === undefined || option === "keys"
      ? keyInEnvironment(slug, provider, sources)
      : undefined;
    if (option !== undefined) keySources.set(slug, `providers.${slug}.${option}`);
    if (found !== undefined && own?.keys?.default === undefined) {
      Object.assign(merged, found.settings);
      keySources.set(slug, found.source);
    }
    if (base !== undefined && own?.baseUrl === undefined) merged.baseUrl = env[base];
    for (const [setting, variables] of Object.entries(open)) {
      const name = setting as ProviderSetting;
      const said = firstSet(env, [...variables]);
      if (said !== undefined && own?.[name] === undefined) merged[name] = env[said];
    }
    if (own !== undefined || Object.keys(merged).length > 0) settings[slug] = merged;
  }
  return settings;
}

/** The option in which a file has the provider's key, if any. */
function writtenKey(own: ProviderSettings = {}): string | undefined {
  return ["apiKey", ...KEY_PARTS, "keys"].find((name) =>
    own[name as keyof ProviderSettings] !== undefined
  );
}

/** The first key that a provider's variables hold, and the name of the variable. */
function keyInEnvironment(
  slug: string,
  { keyVariables = [], keyFileVariables = [], keyParts = {}, readKey }: Partial<NativeProvider>,
  { env, readText }: ConfigSources,
): { settings: ProviderSettings; source: string } | undefined {
  const source = firstSet(env, [variable(slug, "API_KEY"), ...keyVariables]);
  if (source !== undefined) return { settings: { apiKey: env[source] }, source };
  for (const source of keyFileVariables.filter((name) => firstSet(env, [name]) !== undefined)) {
    const apiKey = usableFile(env[source]!, { readText, readKey });
    if (apiKey !== undefined) return { settings: { apiKey }, source };
  }
  // Never some of them from here and some from there.
  const parts = Object.entries(keyParts).map(([part, { variables, optional }]) => ({
    part,
    optional,
    name: firstSet(env, [...variables]),
  }));
  const [first] = parts;
  if (first?.name === undefined || parts.some(({ name, optional }) => !name && !optional)) {
    return undefined;
  }
  const settings = Object.fromEntries(parts.map(({ part, name }) => [part, name && env[name]]));
  return { settings: present(settings), source: first.name };
}

/** Such a variable is set for other programs too: a file that is no key for us is none. */
function usableFile(
  path: string,
  { readText, readKey }: Pick<ConfigSources, "readText"> & Pick<NativeProvider, "readKey">,
): string | undefined {
  try {
    const text = readText(path);
    return readKey?.(text, {}) === undefined ? undefined : text;
  } catch {
    return undefined;
  }
}

/** `DRAGOMAN_ACCESS_KEYS` and `DRAGOMAN_OPEN` hold for every gateway that doesn't say itself who may call. */
function gatewayEntries(
  { gateways: written = {} }: GatewayOptions,
  env: Env,
): Record<string, GatewayEntry> | undefined {
  const accessKeys = listed(env.DRAGOMAN_ACCESS_KEYS);
  const open = readFlag(env, "DRAGOMAN_OPEN");
  if (!isObject(written) || (accessKeys.length === 0 && open === undefined)) return undefined;
  const said: GatewayEntry = {};
  if (accessKeys.length > 0) said.accessKeys = accessKeys;
  if (open !== undefined) said.open = open;
  const entries = Object.entries({ default: {}, ...written } as Record<string, GatewayEntry>);
  return Object.fromEntries(entries.map(([id, entry]) => {
    const silent = isObject(entry) && entry.accessKeys === undefined && entry.open === undefined;
    return [id, silent ? { ...entry, ...said } : entry];
  }));
}

/** What a variable lists with commas. */
function listed(text = ""): string[] {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** A variable that is either on or off; anything else is an error, because a typo here opens or closes a gateway. */
export function readFlag(env: Env, name: string): boolean | undefined {
  const value = env[name]?.trim().toLowerCase();
  if (value === undefined || value === "") return undefined;
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw new GatewayError(2116, `${name} must be 1 or 0`);
}

/** `google-ai-studio`, `API_KEY` → `DRAGOMAN_GOOGLE_AI_STUDIO_API_KEY`. */
function variable(slug: string, field: "API_KEY" | "BASE_URL"): string {
  return `DRAGOMAN_${slug.toUpperCase().replaceAll("-", "_")}_${field}`;
}

function firstSet(env: Env, names: string[]): string | undefined {
  return names.find((name) => env[name] !== undefined && env[name] !== "");
}

/** `over` laid over `under`, object by object; lists and plain values are replaced whole. */
function merge(under: unknown, over: unknown): unknown {
  if (!isObject(under) || !isObject(over)) return over === undefined ? under : over;
  const [low, high] = [under, over] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(own(low!, key), own(high!, key))]));
}

/** Not what objects inherit: a key may be called `constructor`. */
function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What is written in the place of an object may be anything; `checkOptions` reports it. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
