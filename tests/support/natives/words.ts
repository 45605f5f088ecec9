/** What every imitation needs. */
import { sha256Hex } from "../../../lib/digest.ts";
import type { Fault, Json, Spoken } from "./native.ts";

export const GREETING = "Low water was at six.";

/** Opaque, and made of what it stands for, so that a change on either side is found. */
export const seal = (family: string, text: string): string => btoa(`${family}:${sha256Hex(text)}`);

/** Whether some seal of the family it is, whatever it stands for. */
export const isSeal = (family: string, seal: unknown): boolean =>
  typeof seal === "string" && /^[A-Za-z0-9+/=]+$/.test(seal) &&
  new RegExp(`^${family}:[0-9a-f]{64}$`).test(atob(seal));

export const objects = (value: unknown): Json[] => Array.isArray(value) ? value : [];

/** Words one by one, as models stream them. */
export const words = (text: string): string[] => text.match(/\s*\S+/gu) ?? [];

/** A JSON text in pieces that end anywhere. */
export const shreds = (text: string): string[] => text.match(/.{1,7}/gsu) ?? [];

export const json = (status: number, body: unknown, headers?: Record<string, string>): Spoken => ({
  status,
  type: "application/json",
  ...(headers && { headers }),
  pieces: [JSON.stringify(body)],
});

/** The first fault of several checks. */
export function first(...checks: (() => Fault | undefined)[]): Fault | undefined {
  for (const check of checks) {
    const fault = check();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Keys in one order, so that objects can be compared as texts. */
export function settled(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
