/** How a failed call becomes the one error everybody else handles. */
import { GatewayError, isGatewayError, type ProviderFault } from "../errors.ts";
import { redact } from "../secret.ts";
import { credentialOf } from "./credentials.ts";
import type { Target } from "./target.ts";

/** The provider's own refusal, with every key of this call taken out of its words. */
export function refusedBy(
  target: Target,
  fault: ProviderFault,
  headers?: Record<string, string>,
): GatewayError {
  const clean = { ...fault, status: httpStatus(fault.status) };
  for (const word of ["message", "type", "code", "param"] as const) {
    const text = fault[word];
    if (text !== undefined) clean[word] = redact(text, secretsOf(target));
  }
  return new GatewayError(2120, clean.message, {
    provider: target.provider.definition.slug,
    fault: clean,
    headers,
  });
}

/** What no answer to this call may repeat. */
export function secretsOf({ key, provider }: Target): (string | undefined)[] {
  const keys = [key, ...provider.keys.texts];
  const inside = keys.flatMap((each) => credentialOf(provider, each)?.secrets ?? []);
  return [...keys, ...inside, ...provider.tokens.texts];
}

/** A `Response` can't have a status above 599, whatever the provider made up. */
export function httpStatus(status: number): number {
  return status >= 400 && status <= 599 ? status : 502;
}

/** The network failed, or something on the way threw: never the caller's fault. `where`: when it isn't the provider itself. */
export function unreachable(target: Target, cause: unknown, where = ""): GatewayError {
  if (isGatewayError(cause)) return cause;
  const slug = target.provider.definition.slug;
  return new GatewayError(2005, `Cannot reach ${where}${slug}: ${reasonOf(cause)}`, {
    provider: slug,
    cause,
  });
}

/** The provider's stream ended, or its connection broke, before it said that it was done. */
export function brokenOff(target: Target, cause?: unknown): GatewayError {
  if (isGatewayError(cause)) return cause;
  const slug = target.provider.definition.slug;
  const how = cause === undefined ? "it ended without a finish" : reasonOf(cause);
  return new GatewayError(2111, `The answer of ${slug} is incomplete: ${how}`, {
    provider: slug,
    cause,
  });
}

/** A timer ran out; `option` is the setting that would allow more. */
export function tooSlow(target: Target, what: string, ms: number, option: string): GatewayError {
  const slug = target.provider.definition.slug;
  return new GatewayError(
    2110,
    `Cannot wait longer for ${slug}: ${what} within ${ms} ms (option \`${option}\`)`,
    { provider: slug },
  );
}

/** Error codes of Node, Bun and Deno, in words; anything else by its code or class alone. */
const REASONS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "connection reset",
  ConnectionReset: "connection reset",
  ConnectionClosed: "connection closed",
  EPIPE: "connection reset",
  ENOTFOUND: "host name not found",
  EAI_AGAIN: "host name not found",
  ETIMEDOUT: "connection timed out",
  CERT_HAS_EXPIRED: "its certificate has expired",
};

/**
 * A network error's message may quote the address with its query, so only its code, or the name of its
 * class, is repeated.
 */
function reasonOf(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const code = (error as Error & { code?: unknown }).code;
    if (typeof code === "string") return REASONS[code] ?? code;
  }
  return cause instanceof Error ? `the connection failed (${cause.name})` : "the connection failed";
}

/** A codec knows no provider: its errors get the name, and lose any key, here. */
export function withProvider(target: Target, error: unknown): unknown {
  if (!isGatewayError(error) || error.provider !== undefined) return error;
  if (error.fault !== undefined) return refusedBy(target, error.fault);
  return new GatewayError(error.code, redact(error.message, secretsOf(target)), {
    status: error.status,
    provider: target.provider.definition.slug,
    cause: error.cause,
  });
}
