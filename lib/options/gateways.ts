/** From gateways as written to gateways as requests meet them. */
import type { PriceBook } from "../policy/price_book.ts";
import { DEFAULT_RETRY } from "../policy/retry.ts";
import type {
  AccessKey,
  CacheSettings,
  ConfiguredProvider,
  GatewaySettings,
} from "../routing/settings.ts";
import { DEFAULT_TIMEOUTS } from "../upstream/timeouts.ts";
import { readAccessKeys } from "./access_keys.ts";
import type { Fault } from "./fault.ts";
import { readLimits } from "./limits.ts";
import { resolveRoutes } from "./routes.ts";
import type { WrittenGateway } from "./schema.ts";
import { unsealedFault } from "./sealing.ts";

/** What gateways need to know of everything else. */
export interface GatewayContext {
  hash: (text: string) => string;
  /** The providers that can be called. */
  providers: ReadonlyMap<string, ConfiguredProvider>;
  /** Every way to write one of them. */
  slugs: ReadonlySet<string>;
  prices: PriceBook;
  /** Whether a gateway is open as long as nobody anywhere has an access key. */
  openByDefault: boolean;
  /** The store is outside this process, and nobody gave a secret to seal with what is kept there. */
  unsealed: boolean;
  faults: Fault[];
}

/** Makes every gateway, and `default` if it is not written; pushes what is wrong to `context.faults`. */
export function configureGateways(
  written: readonly (readonly [id: string, gateway: WrittenGateway])[],
  context: GatewayContext,
): Map<string, GatewaySettings> {
  const entries = new Map<string, WrittenGateway>([["default", {}], ...written]);
  const anyKeys = [...entries.values()].some(({ accessKeys = [] }) => accessKeys.length > 0);
  const open = context.openByDefault && !anyKeys;
  const gateways = new Map<string, GatewaySettings>();
  const keys = readAccessKeys(
    [...entries].map(([id, { accessKeys = [] }]) => [id, accessKeys] as const),
    { ...context, gateways: new Set(entries.keys()) },
  );
  for (const [id, entry] of entries) {
    gateways.set(id, configure(id, entry, keys.get(id)!, open, context));
  }
  return gateways;
}

function configure(
  id: string,
  entry: WrittenGateway,
  accessKeys: readonly AccessKey[],
  openByDefault: boolean,
  { hash, providers, slugs, prices, unsealed, faults }: GatewayContext,
): GatewaySettings {
  const path = ["gateways", id];
  const { open = openByDefault, requestKeys = "prefer" } = entry;
  if (open && accessKeys.length > 0) {
    faults.push({ path: [...path, "open"], problem: openFault(accessKeys, entry) });
  }
  return {
    id,
    accessKeys,
    open,
    requestKeys,
    byokOnly: entry.byokOnly ?? false,
    routes: resolveRoutes(entry.routes ?? [], {
      gateway: id,
      path: [...path, "routes"],
      providers,
      slugs,
      prices,
      requestKeys: requestKeys !== "ignore",
      faults,
    }),
    limits: readLimits(entry, { name: id, by: "gateway", path }, {
      hash,
      providers,
      slugs,
      faults,
    }),
    retry: { ...DEFAULT_RETRY, ...given(entry.retry) },
    timeouts: { ...DEFAULT_TIMEOUTS, ...given(entry.timeouts) },
    cache: cacheSettings(id, entry, { unsealed, faults }),
  };
}

/** Bytes: Cloudflare's limit. */
const LONGEST_ANSWER = 25_000_000;

/** What nobody has asked for is not refused, and kept nowhere where it can't be sealed. */
function cacheSettings(
  id: string,
  { cache: written }: WrittenGateway,
  { unsealed, faults }: Pick<GatewayContext, "unsealed" | "faults">,
): CacheSettings {
  const { ttl = 0, maxBytes = LONGEST_ANSWER } = written || {};
  if (written && unsealed) {
    faults.push(unsealedFault(["gateways", id, "cache"], "what is cached"));
  }
  return { allowed: written !== false && !unsealed, ttl, maxBytes };
}

function openFault([first]: readonly AccessKey[], { accessKeys }: WrittenGateway): string {
  if (accessKeys !== undefined) return "cannot be true beside accessKeys: drop one";
  return `cannot be true: the access key "${first!.name}" of another gateway is for this one too`;
}

/** Leaves out what is `undefined`: spread over defaults it would take them away. */
function given<T extends object>(written: T | undefined): { [K in keyof T]: NonNullable<T[K]> } {
  const entries = Object.entries(written ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: NonNullable<T[K]> };
}
