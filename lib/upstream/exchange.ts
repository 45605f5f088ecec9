import type { CallerCodec, StreamWishes } from "../chat/codec.ts";
import type { ChatRequest } from "../chat/request.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { JsonText } from "../json/scan_object.ts";
import type { Departure } from "./departure.ts";

/** Who waits for an answer, as far as every call must know. */
export interface Waiting {
  stream: boolean;
  departure: Departure;
}

/**
 * Who waits for an answer, and how he wants it: all that a stream needs to go on. The question is apart,
 * so that a stream which runs for minutes doesn't hold a prompt of megabytes.
 */
export interface Asker extends Waiting {
  caller: CallerCodec;
  wishes: StreamWishes;
}

/** What the headers of a call are made of. */
export interface Sending {
  asker: Waiting;
  headers: HeaderReader;
  /** Added to `via`, so that a request that comes back to this gateway is recognised. */
  via: string;
}

/** One caller's question, as every attempt to answer it sees it. Nothing here is changed by an attempt. */
export interface Exchange extends Sending {
  asker: Asker;
  body: JsonText;
  /** The body in the neutral language; read at the first use, since a relayed request never needs it. */
  request(): ChatRequest;
  /** The request holds what the body lacks, so the body can't be sent on as it is. */
  completed?: boolean;
  /** Refuse a parameter the provider cannot honour instead of dropping it. */
  strict: boolean;
}
