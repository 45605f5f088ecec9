/**
 * `cache_control`, as callers of other dialects mark what is to be cached, becomes a block of its own after
 * what it marks. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
import { foreignMembers } from "../../chat/extension.ts";
import type { Losses } from "../../chat/losses.ts";
import type { Extended } from "../../chat/request.ts";
import { isObject, type Json, objectOf } from "../../json/fields.ts";
import { type BedrockCapabilities, type CachePlace, extensionOf, PROTOCOL } from "./profile.ts";
import type { WireCachePoint } from "./wire.ts";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: four in a request. */
const MOST_POINTS = 4;

const PARAM = "cache_control";

/** Gives out the cache points of one request. */
export class CachePoints {
  readonly #capabilities: BedrockCapabilities;
  readonly #losses: Losses;
  #left = MOST_POINTS;

  constructor(capabilities: BedrockCapabilities, losses: Losses) {
    this.#capabilities = capabilities;
    this.#losses = losses;
  }

  /** The block that follows a thing which its caller marked; nothing for every other. */
  after(thing: Extended, place: CachePlace): { cachePoint: WireCachePoint }[] {
    if (thing.extensions === undefined) return [];
    const own = extensionOf(thing).cachePoint;
    const mark = isObject(own) ? own : foreignMark(thing);
    if (mark === undefined) return [];
    if (this.#left === 0 || !this.#capabilities.caching.includes(place)) {
      this.#losses.dropped(PARAM);
      return [];
    }
    this.#left--;
    return [{ cachePoint: { type: "default", ...this.#duration(mark.ttl) } }];
  }

  #duration(ttl: unknown): { ttl?: string } {
    if (ttl !== "1h" && ttl !== "5m") return {};
    if (this.#capabilities.longCache) return { ttl };
    if (ttl === "1h") this.#losses.clamped(`${PARAM}.ttl`, ttl, "5m");
    return {};
  }
}

function foreignMark(thing: Extended): Json | undefined {
  for (const [name, value] of foreignMembers(thing, PROTOCOL)) {
    const mark = name === PARAM ? value : name === "inner" ? objectOf(value)[PARAM] : undefined;
    if (isObject(mark)) return mark;
  }
  return undefined;
}
