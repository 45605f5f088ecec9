import { GatewayError } from "../errors.ts";
import { ALIASES, suggestModel } from "../providers/registry.ts";
import type { ProviderModel } from "./planned_model.ts";
import type { Settings } from "./settings.ts";

/**
 * Splits `provider/model` at the first slash, resolves other spellings of the provider, and takes a bare
 * `@cf/…` for Workers AI. Throws 2019 without a prefix, 2008 for an unknown one.
 */
export function parseModelName(name: string, settings: Settings): ProviderModel {
  if (name.startsWith("@cf/")) return parseModelName(`workers-ai/${name}`, settings);
  const slash = name.indexOf("/");
  const model = name.slice(slash + 1);
  if (slash <= 0 || model === "") throw withoutPrefix(name);
  const prefix = name.slice(0, slash);
  const provider = settings.providers.get(ALIASES.get(prefix) ?? prefix);
  if (provider === undefined) throw unknownPrefix(prefix, settings);
  return { provider, model };
}

/** A name comes from the caller, and may be as long as a body. */
export function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function withoutPrefix(name: string): GatewayError {
  const bare = shown(name);
  const suggestion = suggestModel(bare) ?? `openai/${bare || "gpt-5-mini"}`;
  return new GatewayError(
    2019,
    `The model "${bare}" has no provider prefix: write provider/model, for example "${suggestion}"`,
    { param: "model" },
  );
}

function unknownPrefix(prefix: string, settings: Settings): GatewayError {
  const known = [...settings.providers].filter(([, { definition }]) => definition.codec)
    .map(([slug]) => slug).join(", ");
  const problem = `Invalid provider "${shown(prefix)}": known are ${known}`;
  return new GatewayError(2008, `${problem}; other servers can be configured as custom-<slug>`, {
    param: "model",
  });
}
