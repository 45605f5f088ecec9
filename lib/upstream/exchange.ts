import type { CallerCodec, StreamWishes } from "../chat/codec.ts";
import type { ChatRequest } from "../chat/request.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { JsonText } from "../json/scan_object.ts";
import type { Departure } from "./departure.ts";

/** One caller's question, as every attempt to answer it sees it. Nothing here is changed by an attempt. */
export interface Exchange {
  caller: CallerCodec;
  body: JsonText;
  /** The body in the neutral language; read at the first use, since a relayed request never needs it. */
  request(): ChatRequest;
  stream: boolean;
  wishes: StreamWishes;
  /** Refuse a parameter the provider cannot honour instead of dropping it. */
  strict: boolean;
  headers: HeaderReader;
  /** Added to `via`, so that a request that comes back to this gateway is recognised. */
  via: string;
  departure: Departure;
}
