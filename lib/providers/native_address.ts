/** Where a request for a provider's own interface goes, as far as most providers have it alike. */
import { GatewayError } from "../errors.ts";
import type { NativeAddress } from "./provider.ts";

/** `v1`, `v1beta`, `v2alpha3`. */
const VERSION = /^v\d+(?:(?:alpha|beta)\d*)?$/;

/** A version stands at the beginning of a path, or behind one word: `/upload/v1beta/files`. */
const VERSIONED = /^(?:\/[^/]+)?\/v\d+(?:(?:alpha|beta)\d*)?(?:\/|$)/;

/** Whether a path names the version of the interface that it belongs to. */
export function namesVersion(path: string): boolean {
  return VERSIONED.test(path);
}

/** A base URL without the version at its end. */
export function withoutVersion(base: string): string {
  const slash = base.lastIndexOf("/");
  return VERSION.test(base.slice(slash + 1)) ? base.slice(0, slash) : base;
}

/**
 * Joins a base URL and a path so that neither the version nor what stands before it is doubled or missing: with
 * `https://api.groq.com/openai/v1` as its base, `/models`, `/v1/models` and `/openai/v1/models` are the same. A version
 * in the path comes before the base's.
 */
export function joinNative(base: string, path: string): string {
  const root = withoutVersion(base);
  const prefix = pathOf(root);
  const own = prefix !== "" && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  return (namesVersion(own) && root !== base ? root : base) + own;
}

/**
 * The same as an address. Its body is trusted with the model only where the path is none of those in which other
 * interfaces name one.
 */
export function joinedAddress(base: string, path: string): NativeAddress {
  return { url: joinNative(base, path), ...unlessNamedIn(path) };
}

/** What an address is to say of its model where nobody has told how its paths name one, if they do. */
export function unlessNamedIn(path: string): Pick<NativeAddress, "model"> {
  const decoded = decodedPath(path);
  return decoded === undefined || NAMED.test(decoded) ? { model: null } : {};
}

const NAMED = /\/(?:models?|deployments|endpoints|engines|publishers|run)\/[^/]/;

function pathOf(root: string): string {
  const start = root.indexOf("/", root.indexOf("://") + 3);
  return start < 0 ? "" : root.slice(start);
}

/** The steps of a path below a slug, still encoded, without the empty one before its first slash. */
export function stepsOf(path: string): string[] {
  return path === "" ? [] : path.slice(1).split("/");
}

/** The rest of a path's steps as a path again. */
export function pathOfSteps(steps: readonly string[]): string {
  return steps.map((step) => `/${step}`).join("");
}

/** Throws 2127 for a path that names no place of the provider's; `form` is what would. */
export function noSuchPlace(slug: string, form: string): never {
  throw new GatewayError(2127, `The path must be ${slug}/${form}`, { provider: slug });
}

/** A path as its provider reads it; `undefined` for a malformed percent-encoding. */
export function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
