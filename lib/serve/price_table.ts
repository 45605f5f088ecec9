import type { GatewayOptions } from "../options/mod.ts";
import type { PriceBook } from "../policy/price_book.ts";

/** The table of prices that a configuration names; `undefined` where it names none, or a wrong one. */
export async function namedPriceTable(
  { priceTable }: Pick<GatewayOptions, "priceTable">,
): Promise<PriceBook | undefined> {
  if (priceTable !== "genai-prices") return undefined;
  const { genaiPriceTable } = await import("./genai_price_table.ts");
  return genaiPriceTable;
}
