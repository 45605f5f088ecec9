import { GatewayError } from "../../errors.ts";
import type { Json } from "../../json/fields.ts";

/** Throws 2019 naming a parameter of a request that is not what it must be. */
export function refuse(param: string, expected: string): never {
  throw new GatewayError(2019, `Cannot read the request: ${param} must be ${expected}`, { param });
}

interface Kinds {
  number: number;
  boolean: boolean;
  string: string;
}

const EXPECTED: Readonly<Record<keyof Kinds, string>> = {
  number: "a number",
  boolean: "true or false",
  string: "a string",
};

/** A member of that kind, or nothing where it is absent or null. */
export function read<K extends keyof Kinds>(
  body: Json,
  param: string,
  kind: K,
): Kinds[K] | undefined {
  const value = body[param] ?? undefined;
  if (value !== undefined && typeof value !== kind) refuse(param, EXPECTED[kind]);
  return value as Kinds[K] | undefined;
}
