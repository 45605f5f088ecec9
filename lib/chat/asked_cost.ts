/** `usage: {"include": true}`: OpenRouter's way to ask what an answer costs, taken in every dialect that is served. */
import { isObject, type Json } from "../json/fields.ts";
import { refuse } from "../json/read_members.ts";
import type { JsonText } from "../json/scan_object.ts";

/** The member of a request. Providers are never sent it: those that know it no longer look at it. */
export const ASKED_COST = "usage";

/** Whether a request asks for the cost. Throws 2019 where it can't be told. */
export function asksCost({ members, value }: Pick<JsonText, "members" | "value">): boolean {
  return members.has(ASKED_COST) && readAskedCost(value);
}

/** The same of a body that has been parsed. */
export function readAskedCost(body: Readonly<Json>): boolean {
  const asked = body[ASKED_COST] ?? {};
  const include = isObject(asked) ? asked.include ?? false : undefined;
  if (typeof include === "boolean") return include;
  return refuse(ASKED_COST, 'an object such as {"include": true}');
}
