import { GatewayError } from "../errors.ts";
import { ALIASES, PLANNED, suggestModel } from "../providers/registry.ts";
import type { Settings } from "./settings.ts";

/** A model at a provider, by name. */
export interface ModelName {
  /** Canonical slug. */
  provider: string;
  /** As the provider names it; may hold slashes. */
  model: string;
}

/**
 * Splits `provider/model` at the first slash, resolves other spellings of the provider, and takes a bare
 * `@cf/…` for Workers AI. Throws 2019 without a prefix, 2008 for an unknown one.
 */
export function parseModelName(name: string, settings: Settings): ModelName {
  if (name.startsWith("@cf/")) return { provider: "workers-ai", model: name };
  const slash = name.indexOf("/");
  const model = name.slice(slash + 1);
  if (slash <= 0 || model === "") throw withoutPrefix(name);
  const prefix = name.slice(0, slash);
  const provider = ALIASES.get(prefix) ?? prefix;
  if (!settings.providers.has(provider) && !PLANNED.includes(provider)) {
    throw unknownPrefix(prefix, settings);
  }
  return { provider, model };
}

function withoutPrefix(name: string): GatewayError {
  const suggestion = suggestModel(name) ?? `openai/${name || "gpt-5-mini"}`;
  return new GatewayError(
    2019,
    `The model "${name}" has no provider prefix: write provider/model, for example "${suggestion}"`,
    { param: "model" },
  );
}

function unknownPrefix(prefix: string, settings: Settings): GatewayError {
  const known = [...settings.providers.keys(), ...PLANNED].join(", ");
  return new GatewayError(
    2008,
    `Invalid provider "${prefix}": known are ${known}; other servers can be configured as custom-<slug>`,
    { param: "model" },
  );
}
