/**
 * What a protocol must offer: both directions, on plain values and small machines, without network,
 * clock or randomness. A codec that is both the caller's dialect and the provider's protocol may also
 * relay, which leaves alone everything that needs no change.
 */
import type { GatewayError, ProviderFault } from "../errors.ts";
import type { HeaderReader } from "../fetch_like.ts";
import type { JsonText } from "../json/scan_object.ts";
import type { Step } from "../stream/step.ts";
import type { ChatEvent } from "./event.ts";
import type { ChatRequest } from "./request.ts";
import type { ChatResponse, Usage } from "./response.ts";
import type { StreamRelay } from "./stream_relay.ts";
import type { Warning } from "./warning.ts";

/** What the gateway fixes about a call before the codec writes it. */
export interface CallOptions {
  /** The model's name as the provider knows it. */
  model: string;
  stream: boolean;
}

/** A request in the provider's protocol, ready to be sent. */
export interface EncodedRequest {
  /** Below the provider's base URL, with a leading slash. */
  path: string;
  /** JSON text. */
  body: string;
  warnings: Warning[];
}

/** Ids and times for answers whose provider gives none. */
export interface AnswerDefaults {
  id: string;
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** A provider's protocol: what is sent to it and what it answers. */
export interface ProviderCodec {
  /** The protocol's name, such as `openai_chat`; also the key of its {@linkcode Extensions}. */
  readonly protocol: string;
  encodeRequest(request: ChatRequest, options: CallOptions): EncodedRequest;
  /** Reads a whole answer. Throws {@linkcode GatewayError} for an error inside a 200, or text that is no answer. */
  decodeResponse(text: string, defaults: AnswerDefaults): ChatResponse;
  /** Reads the body of an answer with an error status; never throws. */
  decodeError(status: number, text: string, headers: HeaderReader): ProviderFault;
  streamDecoder(defaults: AnswerDefaults): Step<Uint8Array, ChatEvent>;
  /** For a caller who speaks this very protocol. */
  readonly relay?: RelayCodec;
}

/** How the caller wants a stream written. */
export interface StreamWishes {
  /** Token counts at the end of the stream. */
  usage: boolean;
}

/** What must be known of a request before it is routed. */
export interface RequestPeek {
  /** As the caller wrote it. */
  model: string;
  stream: boolean;
  wishes: StreamWishes;
}

/** A caller's dialect: what it asks and how it is answered. */
export interface CallerCodec {
  readonly protocol: string;
  /** Reads the few members that routing needs, without building the rest; throws 2019 naming the parameter. */
  peekRequest(body: JsonText): RequestPeek;
  /** Reads a request that is already known to be a JSON object; throws 400 naming the parameter. */
  decodeRequest(body: Readonly<Record<string, unknown>>): ChatRequest;
  encodeResponse(response: ChatResponse): string;
  /** Writes the events of one answer; the text ends with the dialect's own end mark. */
  streamEncoder(wishes: StreamWishes): Step<ChatEvent, string>;
  /** The JSON body of an error answer. */
  encodeError(error: GatewayError): string;
  /** The same error inside a stream that has begun: one event, after which nothing comes. */
  encodeStreamError(error: GatewayError): string;
}

/** A whole answer, ready for the caller. */
export interface RelayedResponse {
  text: string;
  model?: string;
  /** Read when asked for: many answers are passed on by nobody who counts. */
  usage(): Usage | undefined;
}

/** Same dialect on both sides: edits text instead of translating it. */
export interface RelayCodec {
  relayRequest(body: JsonText, options: CallOptions): EncodedRequest;
  /** Throws as {@linkcode ProviderCodec.decodeResponse} does. */
  relayResponse(text: string, defaults: AnswerDefaults): RelayedResponse;
  relayStream(wishes: StreamWishes, defaults: AnswerDefaults): StreamRelay;
}
