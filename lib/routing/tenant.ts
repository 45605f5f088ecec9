/** Who a caller is, to whatever remembers something for him: strangers share none of it. */

/** What tells callers apart. */
export interface TenantContext {
  /** The gateway's id. */
  gateway: string;
  /** The caller's name, where he has one. */
  caller?: string;
  /** The host application vouches for that name: it is none of the access keys', even where they are called the same. */
  vouched: boolean;
  /** The provider keys of the request. */
  keys: { requestKey?: string };
}

/**
 * A caller's name, or else the key he brings: strangers who share neither share nothing. Not the key that pays, of
 * which there may be several, and others at the next provider.
 */
export function tenantOf(context: TenantContext): string[] {
  const { gateway, caller, vouched, keys: { requestKey } } = context;
  if (caller !== undefined) return [gateway, vouched ? "principal" : "name", caller];
  return requestKey === undefined ? [gateway, "anybody"] : [gateway, "key", requestKey];
}
