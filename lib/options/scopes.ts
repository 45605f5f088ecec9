/** What an access key, or a principal, may ask for: as written, and as requests meet it. */
import * as v from "valibot";
import { nearest } from "../nearest.ts";
import { type Grant, type ModelPattern, modelPattern } from "../policy/scope.ts";
import { ALIASES } from "../providers/registry.ts";
import { configurationError, type Fault, toFault } from "./fault.ts";
import { providerFault, splitModel } from "./provider_fault.ts";
import { exactObject, listOf, text } from "./shapes.ts";
import * as texts from "./texts.ts";

/** The options of a scope; everything of it that can be judged without looking elsewhere. */
export const scopeEntries = {
  gateways: v.optional(listOf(text("a gateway's id", texts.gatewayIdFault), "ids of gateways")),
  providers: v.optional(listOf(text("a provider's slug", () => undefined), "providers")),
  models: v.optional(listOf(text("a model's name", texts.modelFault), "models")),
  expires: v.optional(text("a moment", texts.momentFault)),
};

const scopeShape = exactObject(scopeEntries);

type WrittenScope = v.InferOutput<typeof scopeShape>;

/** What the names in a scope are looked up in. */
export interface ScopeContext {
  /** Every id. */
  gateways: ReadonlySet<string>;
  /** Every way to write a provider that can be called. */
  slugs: ReadonlySet<string>;
}

/** Reads a scope, and pushes what is wrong with it; `owner` is whose it is. */
export function readScope(
  { gateways, providers, models, expires }: WrittenScope,
  owner: string,
  context: ScopeContext,
  path: readonly PropertyKey[],
  faults: Fault[],
): Grant {
  const check = (list: string, at: number, problem: string | undefined) => {
    if (problem !== undefined) faults.push({ path: [...path, list, at], problem });
  };
  gateways?.forEach((id, at) => check("gateways", at, gatewayFault(id, context)));
  providers?.forEach((slug, at) => check("providers", at, slugFault(slug, context)));
  const patterns = models?.flatMap((name, at) => {
    const pattern = readPattern(name, context, providers);
    if (typeof pattern !== "string") return pattern;
    check("models", at, pattern);
    return [];
  });
  const narrows = providers !== undefined || patterns !== undefined;
  return {
    ...(gateways !== undefined && { gateways }),
    ...(narrows && {
      scope: {
        owner,
        ...(providers !== undefined && { providers: new Set(providers) }),
        ...(patterns !== undefined && { models: patterns }),
      },
    }),
    ...(expires !== undefined && { expires: Date.parse(expires) }),
  };
}

/** Reads the scopes that host applications give with their principals. Throws 2116 naming what is wrong with one. */
export function principalReader(
  context: ScopeContext,
): (principal: { name: string; scope?: unknown }) => Grant {
  return ({ name, scope }) => {
    const path = ["principal", "scope"];
    const result = v.safeParse(scopeShape, scope);
    if (!result.success) {
      throw configurationError(result.issues.map((issue) => toFault(issue, path)));
    }
    const faults: Fault[] = [];
    const grant = readScope(result.output, `principal "${name}"`, context, path, faults);
    if (faults.length > 0) throw configurationError(faults);
    return grant;
  };
}

function gatewayFault(id: string, { gateways }: ScopeContext): string | undefined {
  if (gateways.has(id)) return undefined;
  const meant = nearest(id, gateways);
  const hint = meant === undefined
    ? `configured are ${[...gateways].join(", ")}`
    : `did you mean "${meant}"?`;
  return `names the gateway "${id}", which is not configured (${hint})`;
}

function slugFault(slug: string, { slugs }: ScopeContext): string | undefined {
  const canonical = ALIASES.get(slug);
  if (canonical !== undefined) return `is a short name for model names only: write ${canonical}`;
  return providerFault(slug, slugs);
}

/** The pattern, under the provider's own slug, or what is wrong with it. */
function readPattern(
  name: string,
  { slugs }: ScopeContext,
  providers: readonly string[] | undefined,
): ModelPattern | string {
  const [prefix, model] = splitModel(name) ?? [];
  if (prefix === undefined || model === undefined) {
    return `must be provider/model, in which * stands for any text, got "${name}"`;
  }
  if (prefix === "dynamic") {
    return "names a route: a route is allowed what its models are, so write those";
  }
  const problem = providerFault(prefix, slugs);
  if (problem !== undefined) return problem;
  const slug = ALIASES.get(prefix) ?? prefix;
  if (providers !== undefined && !providers.includes(slug)) {
    return `is at a provider that is not among the key's providers: ${providers.join(", ")}`;
  }
  return modelPattern(slug, model);
}
