/** Where a stored key comes from: it is written down, or a function gives it. */
import { GatewayError, isGatewayError } from "../errors.ts";
import { looksLikeDocument } from "../providers/key_document.ts";
import type { Credential, NativeProvider, ProviderPlace } from "../providers/provider.ts";
import type { StoredKey } from "../upstream/key_ring.ts";
import { kind } from "./fault.ts";
import { providerKeyFault, storeNameOf } from "./texts.ts";

/** A provider's key, or a function that gives the one of the moment. */
export type KeySource = string | (() => string);

/** A key that shares the load with others. */
export interface WeightedKey {
  key: KeySource;
  weight: number;
}

/** What a stored key says besides itself, or what is wrong with it. */
export function readStoredKey(
  { readKey }: Pick<NativeProvider, "readKey">,
  key: string,
  place: ProviderPlace,
): Partial<Credential> & { problem?: string } {
  if (readKey === undefined) {
    return looksLikeDocument(key)
      ? { problem: "is a document, but this provider's keys are none" }
      : {};
  }
  try {
    return readKey(key, place) ?? {};
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { problem: error.message };
  }
}

/** A key as it is now, or what is wrong with it; `cause` is what a function threw. */
export function readKeyNow(
  source: KeySource,
  definition: Pick<NativeProvider, "readKey">,
  place: ProviderPlace,
): { key: string; problem?: undefined } | { problem: string; cause?: unknown } {
  let key: unknown = source;
  try {
    if (typeof source === "function") key = source();
  } catch (cause) {
    return { problem: "is given by a function that threw an error", cause };
  }
  if (typeof key !== "string") {
    const hint = key instanceof Promise ? ", which must be waited for elsewhere" : "";
    return { problem: `must be given as text, got ${kind(key)}${hint}` };
  }
  const problem = providerKeyFault(key) ?? readStoredKey(definition, key, place).problem;
  return problem === undefined ? { key } : { problem };
}

/**
 * A stored key as calls use it; `text` throws 2118 for what a function or the store gives that is no key, and never
 * quotes it. `inStore` gives the key of a name.
 */
export function storedKey(
  { key: source, weight }: WeightedKey,
  definition: NativeProvider,
  place: ProviderPlace,
  inStore: (name: string) => string,
): StoredKey {
  const name = typeof source === "string" ? storeNameOf(source) : undefined;
  if (typeof source === "string" && name === undefined) return { weight, text: () => source };
  const { slug } = definition;
  const text = () => {
    const now = readKeyNow(name === undefined ? source : inStore(name), definition, place);
    if (now.problem === undefined) return now.key;
    const { problem, cause } = now;
    throw new GatewayError(2118, `The key for ${slug} ${problem}`, { provider: slug, cause });
  };
  return { weight, text };
}
