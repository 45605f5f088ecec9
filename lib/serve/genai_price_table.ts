import * as library from "@pydantic/genai-prices";
import { genaiPrices } from "../policy/genai_prices.ts";
import type { PriceBook } from "../policy/price_book.ts";

/** The list of prices that comes along; large, so it is loaded by those who have switched it on. */
export const genaiPriceTable: PriceBook = genaiPrices(library);
