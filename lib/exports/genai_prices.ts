/**
 * What models cost, as the package `@pydantic/genai-prices` lists it.
 *
 * @module
 */
export {
  type GenaiPrices,
  genaiPrices,
  type GenaiPricesOptions,
  type ListedModel,
  type ListedPrice,
  type ListedProvider,
} from "../policy/genai_prices.ts";
export type { PriceBook, PricedModel } from "../policy/price_book.ts";
export type { BilledTokens, Usage } from "../chat/response.ts";
export type { Extended, Extensions } from "../chat/request.ts";
export type { Clock } from "../clock.ts";
