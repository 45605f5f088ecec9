/** What a caller says his tokens cost: `cf-aig-custom-cost`, https://developers.cloudflare.com/ai-gateway/configuration/custom-costs/. */
import { GatewayError } from "../errors.ts";
import { isObject, type Json, parseJson } from "../json/fields.ts";

/** In dollars a token, or for the whole request. */
export type CustomCost =
  | {
    per_token_in: number;
    per_token_out: number;
    per_cache_read_token?: number;
    per_cache_write_token?: number;
  }
  | { total_cost: number };

const HEADER = "cf-aig-custom-cost";
const NEEDED = ["per_token_in", "per_token_out"];
const OPTIONAL = ["per_cache_read_token", "per_cache_write_token"];

/** Throws 2107 naming the member at fault. */
export function readCustomCost(header: string): CustomCost {
  const value = parseJson(header);
  if (!isObject(value)) throw outside('a JSON object such as {"total_cost":0.01}');
  const names = "total_cost" in value ? ["total_cost"] : [...NEEDED, ...OPTIONAL];
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw outside(
        `an object of ${NEEDED.join(", ")} and, where they differ, ${
          OPTIONAL.join(", ")
        }; or of total_cost alone`,
      );
    }
  }
  for (const name of names) {
    if (isPrice(value, name) || (OPTIONAL.includes(name) && !(name in value))) continue;
    throw outside(`an object whose ${name} is a number of dollars from 0`);
  }
  return value as CustomCost;
}

function isPrice(value: Json, name: string): boolean {
  const price = value[name];
  return typeof price === "number" && Number.isFinite(price) && price >= 0;
}

function outside(range: string): GatewayError {
  return new GatewayError(2107, `The header ${HEADER} must be ${range}`, { param: HEADER });
}
