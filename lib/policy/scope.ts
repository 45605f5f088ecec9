/** What one caller may ask for, of all that a gateway serves. */
import { GatewayError } from "../errors.ts";

/** What an access key, or a principal, is for, as it is written; what is left out restricts nothing. */
export interface AccessScope {
  /** Ids of the gateways it opens. Default: of a key, the gateway it is written at; of a principal, every one. */
  gateways?: string[];
  /** Slugs of the providers that may be asked. */
  providers?: string[];
  /**
   * Models that may be asked for, as `provider/model`, in which `*` stands for any text: `anthropic/claude-*`. Routes
   * are allowed what their models are.
   */
  models?: string[];
  /** When it ends, as RFC 3339 writes a moment: `2027-01-31T00:00:00Z`. */
  expires?: string;
}

/** Models at one provider: a name in which `*` stands for any text, slashes included. */
export interface ModelPattern {
  /** The provider's own slug, never another spelling of it. */
  provider: string;
  /** What stands between the stars. */
  pieces: readonly string[];
}

/** Where a caller may go; what is absent restricts nothing. */
export interface Scope {
  /** Whose it is, for people: `access key "ci"`. */
  owner: string;
  /** Slugs. */
  providers?: ReadonlySet<string>;
  models?: readonly ModelPattern[];
  /** Models that a request names besides the one it asks for: each must be allowed at the same provider. */
  fallbacks?: readonly string[];
}

/** What an access key, or a principal, opens, and for how long. */
export interface Grant {
  /** Ids; absent: every gateway. */
  gateways?: readonly string[];
  scope?: Scope;
  /** Milliseconds since the epoch; absent: forever. */
  expires?: number;
}

/** Reads `provider/model` whose provider is already known to be one. */
export function modelPattern(provider: string, model: string): ModelPattern {
  return { provider, pieces: model.split("*") };
}

/** A pattern as it is written. */
export function patternText({ provider, pieces }: ModelPattern): string {
  return `${provider}/${pieces.join("*")}`;
}

/**
 * Whether a scope allows a model, as its provider names it, at a provider. No scope allows everything; a list of
 * models allows nothing where nobody knows which model is meant.
 */
export function allows(
  scope: Scope | undefined,
  provider: string,
  model: string | undefined,
): boolean {
  if (scope === undefined) return true;
  const { providers, models, fallbacks = [] } = scope;
  if (providers !== undefined && !providers.has(provider)) return false;
  if (models === undefined) return true;
  const own = models.filter((pattern) => pattern.provider === provider);
  return [model, ...fallbacks].every((name) =>
    name !== undefined && own.some(({ pieces }) => fits(name, pieces))
  );
}

/** Whether a scope allows anything at all at a provider. */
export function allowsProvider(scope: Scope | undefined, provider: string): boolean {
  const { providers, models } = scope ?? {};
  return (providers?.has(provider) ?? true) &&
    (models?.some((pattern) => pattern.provider === provider) ?? true);
}

/**
 * Whether a name is one of a pattern's, in the time of one reading: callers choose how long a name is, and a
 * backtracking match would take its square.
 */
export function fits(name: string, [first = "", ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** The same scope for a request that names further models for its provider to fall back to. */
export function withFallbacks(
  scope: Scope | undefined,
  fallbacks: readonly string[] | undefined,
): Scope | undefined {
  return scope === undefined || fallbacks === undefined ? scope : { ...scope, fallbacks };
}

/** Throws 2114, naming whose scope it is, what it doesn't allow and what it does. */
export function refuseOutside(
  scope: Scope | undefined,
  provider: string,
  model: string | undefined,
): void {
  if (scope === undefined || allows(scope, provider, model)) return;
  const { owner, fallbacks = [] } = scope;
  const [name] = [model, ...fallbacks].filter((name) =>
    !allows({ ...scope, fallbacks: [] }, provider, name)
  );
  const what = name === undefined
    ? `a request to ${provider} that names no model`
    : shown(`${provider}/${name}`);
  throw new GatewayError(2114, `The ${owner} does not allow ${what}; it allows ${allowed(scope)}`, {
    param: "model",
  });
}

function allowed({ providers, models }: Scope): string {
  if (models !== undefined) return list(models.map(patternText));
  return `every model of ${list([...providers ?? []])}`;
}

/** More of them make a message longer, not clearer. */
const MOST_SHOWN = 20;

function list(names: readonly string[]): string {
  const left = names.length - MOST_SHOWN;
  return names.slice(0, MOST_SHOWN).join(", ") + (left > 0 ? ` and ${left} more` : "");
}

/** A name comes from the caller, and may be as long as a body. */
function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
