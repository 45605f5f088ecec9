/** From access keys as written to the digests that are kept, by the gateway they open. */
import type { AccessKey, ConfiguredProvider } from "../routing/settings.ts";
import { type Fault, pathText } from "./fault.ts";
import { readLimits } from "./limits.ts";
import type { WrittenAccessKey } from "./schema.ts";
import { readScope, type ScopeContext } from "./scopes.ts";

/** What keys are read with. */
export interface KeyContext extends ScopeContext {
  hash: (text: string) => string;
  /** The providers that can be called. */
  providers: ReadonlyMap<string, ConfiguredProvider>;
  faults: Fault[];
}

/** A key with the place it is written at. */
interface PlacedKey {
  key: AccessKey;
  path: readonly PropertyKey[];
}

/** The keys of every gateway, also those that are written at another one; pushes what is wrong to `context.faults`. */
export function readAccessKeys(
  written: Iterable<readonly [id: string, keys: readonly WrittenAccessKey[]]>,
  context: KeyContext,
): Map<string, AccessKey[]> {
  const byGateway = new Map([...context.gateways].map((id) => [id, [] as PlacedKey[]]));
  const gatewaysOf = new Map<string, Set<string>>();
  for (const [id, keys] of written) {
    for (const placed of keys.flatMap((each, at) => readKey(each, id, at, context))) {
      const { digest, gateways = [id] } = placed.key;
      const known = gatewaysOf.get(digest) ?? new Set();
      gatewaysOf.set(digest, known);
      for (const each of new Set(gateways)) {
        byGateway.get(each)?.push(placed);
        known.add(each);
      }
    }
  }
  const reported = new Set<PlacedKey>();
  for (const keys of byGateway.values()) reportTwins(keys, reported, context.faults);
  return new Map([...byGateway].map(([id, keys]) => [
    id,
    keys.map(({ key }) => ({ ...key, gateways: [...gatewaysOf.get(key.digest)!] })),
  ]));
}

function readKey(
  written: WrittenAccessKey,
  id: string,
  index: number,
  context: KeyContext,
): PlacedKey[] {
  const path = ["gateways", id, "accessKeys", index];
  const entry = typeof written === "string" ? { name: `key-${index + 1}`, key: written } : written;
  const { name, key, digest, limits, spendLimits, ...scope } = entry;
  if ((key === undefined) === (digest === undefined)) {
    context.faults.push({ path, problem: "must have either key or digest" });
    return [];
  }
  const grant = readScope(scope, `access key "${name}"`, context, path, context.faults);
  const owner = { name: `${id}/${name}`, by: "key" as const, path };
  const own = readLimits({ limits, spendLimits }, owner, context);
  return [{
    key: {
      name,
      digest: digest?.toLowerCase() ?? context.hash(key!),
      ...grant,
      ...(own.length > 0 && { limits: own }),
    },
    path,
  }];
}

/** Two keys of one gateway can't be told apart by one secret, nor in a log by one name. */
function reportTwins(keys: readonly PlacedKey[], reported: Set<PlacedKey>, faults: Fault[]): void {
  for (const [at, later] of keys.entries()) {
    const first = keys.slice(0, at).find(({ key }) =>
      key.digest === later.key.digest || key.name === later.key.name
    );
    if (first === undefined || reported.has(later)) continue;
    reported.add(later);
    const same = first.key.digest === later.key.digest;
    const path = same ? later.path : [...later.path, "name"];
    const problem = same ? "is the same key as" : "is also the name of";
    faults.push({ path, problem: `${problem} ${placeFrom(later.path, first.path)}` });
  }
}

/** A path as it is written from another one: what both begin with is left out. */
function placeFrom(here: readonly PropertyKey[], there: readonly PropertyKey[]): string {
  return pathText(here[1] === there[1] ? there.slice(2) : there);
}
