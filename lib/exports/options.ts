/** The types of a gateway's options, which every door takes. */
export type * from "../options/gateway_options.ts";
export type * from "../options/limit_options.ts";
export type * from "../chat/mod.ts";
export type { Clock } from "../clock.ts";
export type { FetchBody, FetchedResponse, FetchInit, FetchLike } from "../fetch_like.ts";
export type { ByteSource } from "../byte_source.ts";
export type { ModelPrice } from "../policy/cost.ts";
export type { PriceBook, PricedModel } from "../policy/price_book.ts";
export type * from "../options/graph/elements.ts";
export type { Metadata } from "../policy/metadata.ts";
export type { AccessScope } from "../policy/scope.ts";
export type { Backoff, RetryPolicy } from "../policy/retry.ts";
export type { ModelListing } from "../providers/model_listing.ts";
export type * from "../providers/provider.ts";
export type { DecodeModels, KnownModel, ModelPage } from "../codecs/model_lists/mod.ts";
export type { Store } from "../store/store.ts";
export type { Timeouts } from "../upstream/timeouts.ts";
