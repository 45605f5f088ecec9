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
import type { ChatRequest, Part, UriPart } from "./request.ts";
import type { ChatResponse, CostTeller, Usage } from "./response.ts";
import type { StreamRelay } from "./stream_relay.ts";
import type { Warning } from "./warning.ts";

/** What the gateway fixes about a call before the codec writes it. */
export interface CallOptions {
  /** The model's name as the provider knows it. */
  model: string;
  /** Whether the answer is asked for as a stream. */
  stream: boolean;
}

/** A request in the provider's protocol, ready to be sent. */
export interface EncodedRequest {
  /** Below the provider's base URL, with a leading slash. */
  path: string;
  /** JSON text. */
  body: string;
  /** What of the request the provider cannot take. */
  warnings: Warning[];
  /** Lists that the body needs, such as betas; they are added to the caller's. Lower-case names. */
  headers?: Readonly<Record<string, string>>;
}

/** Ids and times for answers whose provider gives none. */
export interface AnswerDefaults {
  /** Of the answer. */
  id: string;
  /** What was asked for, where the provider does not say what served it. */
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** A provider's protocol: what is sent to it and what it answers. */
export interface ProviderCodec {
  /** The protocol's name, such as `openai_chat`; also the key of its {@linkcode Extensions}. */
  readonly protocol: string;
  /** Writes a request; what the protocol lacks is left out and reported. Throws 2123 for media it does not fetch. */
  encodeRequest(request: ChatRequest, options: CallOptions): EncodedRequest;
  /** Whether the provider itself gets media from their address; absent: from any. */
  fetchesMedia?(part: UriPart, model: string): boolean;
  /** Reads a whole answer. Throws {@linkcode GatewayError} for an error inside a 200, or text that is no answer. */
  decodeResponse(text: string, defaults: AnswerDefaults): ChatResponse;
  /** Reads the body of an answer with an error status; never throws. */
  decodeError(status: number, text: string, headers: HeaderReader): ProviderFault;
  /** Reads one streamed answer. A fault becomes one `error` event, after which nothing comes. */
  streamDecoder(defaults: AnswerDefaults): Step<Uint8Array, ChatEvent>;
  /** For a caller who speaks this very protocol. */
  readonly relay?: RelayCodec;
  /**
   * Members of a request that say only how its answer comes, in one piece or streamed: two requests that differ in
   * nothing else get the same answer. Absent where the address says it.
   */
  readonly delivery?: readonly string[];
  /**
   * Whether an answer, whole or streamed to its end, is a good one in all its choices, neither cut short nor filtered, as
   * far as its text tells that at a glance; `undefined`: it must be decoded for that. Absent: always.
   */
  endsWell?(text: string): boolean | undefined;
  /** What a rule about models may say here, and in which kind of value. */
  readonly capabilities?: Readonly<Record<string, CapabilityKind>>;
  /** The same codec with more rules about models, which win over those it has. */
  withModelRules?(rules: readonly ModelRule[]): ProviderCodec;
  /** What this model wants back of its thoughts with the calls it made after them; `undefined`: nothing. */
  wantsThoughts?(model: string): WantedThoughts | undefined;
  /** As of a caller's dialect, for a request in this very protocol that is passed on as it is. */
  peekOutput?(body: JsonText): OutputPeek;
  /** Further models that such a request names, for the provider to fall back to; never throws. */
  peekFallbacks?(body: JsonText): readonly string[] | undefined;
  /** The one name that limits and prices know a model by, of those that are sent alike; absent: each has one only. */
  canonicalModel?(model: string): string;
  /** The codec that this model is spoken to in, where a provider speaks several protocols. */
  forModel?(model: string): ProviderCodec;
}

/** What a model wants back of its thoughts. */
export interface WantedThoughts {
  /** A word that models share which read each other's. */
  family: string;
  /** Whether a part is such a thought, or bears what proves one. */
  bears(part: Part): boolean;
  /** What bears one is whole: a signature says so. Words without may be the rest of what was thought. */
  proven: boolean;
}

/** The kind of value of a capability. */
export type CapabilityKind = "list" | "object" | "text" | "flag";

/** What holds for some models only; which capabilities there are, the codec says. */
export interface ModelRule {
  /** Source of a regular expression that is looked for in the model's name. */
  match: string;
  /** Others, by protocol. */
  [capability: string]: unknown;
}

/** How the caller wants a stream written. */
export interface StreamWishes {
  /** Token counts at the end of the stream. */
  usage: boolean;
  /** What it cost beside them. */
  cost?: CostTeller | undefined;
}

/** What must be known of a request before it is routed. */
export interface RequestPeek {
  /** As the caller wrote it. */
  model: string;
  /** Whether the caller wants a stream. */
  stream: boolean;
  /** How the caller wants that stream. */
  wishes: StreamWishes;
  /** Whether the caller wants to know what the answer cost. */
  cost?: boolean;
  /** Further models that the request names, for the provider to fall back to. */
  fallbacks?: readonly string[];
}

/** What a request says of the length of its answer. */
export interface OutputPeek {
  /** Most tokens of each answer. */
  most?: number;
  /** How many answers it asks for. */
  choices?: number;
}

/** A caller's dialect: what it asks and how it is answered. */
export interface CallerCodec {
  /** The dialect's name; also the key of its {@linkcode Extensions}. */
  readonly protocol: string;
  /**
   * Reads the few members that routing needs, without building the rest; throws 2019 naming the parameter.
   * `path` is the request's: some protocols name the model and the stream there.
   */
  peekRequest(body: JsonText, path?: string): RequestPeek;
  /** What a request allows its answer; never throws: what is no count is not read. Absent: nobody knows. */
  peekOutput?(body: JsonText): OutputPeek;
  /** Reads a request that is already known to be a JSON object; throws 400 naming the parameter. */
  decodeRequest(body: Readonly<Record<string, unknown>>, path?: string): ChatRequest;
  /** Writes a whole answer. */
  encodeResponse(response: ChatResponse): string;
  /** Writes the events of one answer; the text ends with the dialect's own end mark. */
  streamEncoder(wishes: StreamWishes): Step<ChatEvent, string>;
  /** How a stream's texts become bytes, where they are no UTF-8: a binary format has one character a byte. */
  readonly bytesOf?: (text: string) => Uint8Array;
  /** The JSON body of an error answer; some dialects name the request in it. */
  encodeError(error: GatewayError, requestId?: string): string;
  /** The same error inside a stream that has begun: one event, after which nothing comes. */
  encodeStreamError(error: GatewayError): string;
}

/** A whole answer, ready for the caller. */
export interface RelayedResponse {
  /** The body of the answer. */
  text: string;
  /** What the provider says served it. */
  model?: string;
  /** Read when asked for: many answers are passed on by nobody who counts. */
  usage(): Usage | undefined;
  /** As {@linkcode ProviderCodec.endsWell} of its text, for whoever keeps it. */
  endsWell?(): boolean | undefined;
}

/** Same dialect on both sides: edits text instead of translating it. */
export interface RelayCodec {
  /** Changes only what the provider takes otherwise. */
  relayRequest(body: JsonText, options: CallOptions): EncodedRequest;
  /** Adds the cost to the counts where a caller asks for it. Throws as {@linkcode ProviderCodec.decodeResponse} does. */
  relayResponse(text: string, defaults: AnswerDefaults, cost?: CostTeller): RelayedResponse;
  /** Passes a stream on, one read at a time. */
  relayStream(wishes: StreamWishes, defaults: AnswerDefaults): StreamRelay;
  /**
   * Whether a request speaks of tools: where it doesn't, no answer has called any, and none will. Absent where the
   * dialect has a place for thoughts, so that its clients bring them back themselves.
   */
  usesTools?(body: JsonText): boolean;
}
