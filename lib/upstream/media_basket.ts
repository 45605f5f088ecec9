import type { GatewayError } from "../errors.ts";
import type { FetchedMedia, MediaPolicy } from "./media_policy.ts";

/** What was fetched for one request: no step of a plan fetches it again, nor tries again in vain. */
export class MediaBasket {
  /** By address. */
  readonly fetched: Map<string, FetchedMedia> = new Map();
  /** What is left of the bytes that all of it may have. */
  readonly budget: { left: number };
  /** Why something could not be fetched. */
  failure?: GatewayError;

  constructor({ maxTotal }: MediaPolicy) {
    this.budget = { left: maxTotal };
  }
}
