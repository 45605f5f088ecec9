/** What a caller says his tokens cost: `cf-aig-custom-cost`, https://developers.cloudflare.com/ai-gateway/configuration/custom-costs/. */
import { GatewayError } from "../errors.ts";
import { isObject, type Json, parseJson } from "../json/fields.ts";
import { costOf, microDollars, MOST_DOLLARS, priceOf } from "./cost.ts";
import type { PriceBook } from "./price_book.ts";

const HEADER = "cf-aig-custom-cost";
const NEEDED = ["per_token_in", "per_token_out"];
const OPTIONAL = ["per_cache_read_token", "per_cache_write_token"];
const TOTAL = "total_cost";

/** The prices of one request, whoever answers it: dollars a token, or for all of it. Throws 2107 naming the member at fault. */
export function readCustomCost(header: string): PriceBook {
  const value = parseJson(header);
  if (!isObject(value)) throw outside('a JSON object such as {"total_cost":0.01}');
  checkMembers(value);
  if (TOTAL in value) {
    const total = microDollars(Number(value[TOTAL]));
    return { costOf: () => total };
  }
  const price = priceOf({
    input: perMillion(value.per_token_in)!,
    output: perMillion(value.per_token_out)!,
    cacheRead: perMillion(value.per_cache_read_token),
    cacheWrite: perMillion(value.per_cache_write_token),
  });
  return { costOf: (_, usage) => costOf(usage, price) };
}

function checkMembers(value: Json): void {
  const names = TOTAL in value ? [TOTAL] : [...NEEDED, ...OPTIONAL];
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw outside(
        `an object of ${NEEDED.join(", ")} and, where they differ, ${
          OPTIONAL.join(", ")
        }; or of ${TOTAL} alone`,
      );
    }
  }
  for (const name of names) {
    const most = name === TOTAL ? MOST_DOLLARS : 1;
    if (isAmount(value, name, most) || (OPTIONAL.includes(name) && !(name in value))) continue;
    throw outside(`an object whose ${name} is a number of dollars from 0 to ${most}`);
  }
}

function isAmount(value: Json, name: string, most: number): boolean {
  const amount = value[name];
  return typeof amount === "number" && amount >= 0 && amount <= most;
}

function perMillion(dollars: unknown): number | undefined {
  return typeof dollars === "number" ? dollars * 1e6 : undefined;
}

function outside(range: string): GatewayError {
  return new GatewayError(2107, `The header ${HEADER} must be ${range}`, { param: HEADER });
}
