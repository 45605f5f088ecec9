/** What one imitated provider declares: where it listens, what it refuses, and how it words its answers. */
import type { IncomingHttpHeaders } from "node:http";
import type { Call, Json } from "../scripted_upstream.ts";

export type { Call, Json };

/** A refusal, before the provider's envelope is put around it. */
export interface Fault {
  status: number;
  message: string;
  type?: string;
  param?: string;
  code?: string | number;
  headers?: Record<string, string>;
}

/** The first thing a provider finds wrong with a body. */
export type Rule = (body: Json) => Fault | undefined;

/** What the model says next; without anything, a greeting. */
export interface Turn {
  text?: string;
  calls?: Call[];
  reasoning?: string;
  /** The provider's own word for why it stopped, instead of the usual one. */
  finish?: string;
  /** Refuses the request. */
  failure?: Fault;
  /** Reports an error under status 200. */
  inside?: Fault;
  /** A stream reports an error after its first words. */
  breaks?: Fault;
  /** The chunks of a stream, instead of the provider's usual ones. */
  chunks?: Json[];
  /** Members of a whole answer's message, or of a whole answer, that replace the usual ones. */
  message?: Json;
  whole?: Json;
}

/** Adds token counts to the chunks of a stream, wherever the provider puts them. */
export type Counting = (chunks: Json[], usage: Json, asked: boolean) => Json[];

/** How a provider words an answer. Chunks are made by `speech.ts` from these parts. */
export interface Voice {
  id: string;
  /** Members of every answer and chunk besides `id`, `object`, `created` and `model`. */
  frame?: Json;
  /** Members of every choice. */
  choice?: Json;
  /** Members of a whole answer's message. */
  message?: Json;
  /** The delta of a first chunk without words; absent: the role rides on the first words. */
  opening?: Json;
  /** Members repeated in every delta. */
  everyDelta?: Json;
  /** The delta, and message members, of a thought and of a piece of text. */
  thought(text: string): Json;
  text?(text: string): Json;
  /** Thought and text together, where a whole message is not just both side by side. */
  joined?(thought: string | undefined, text: string): Json;
  /** The deltas of one call, each an entry of `tool_calls`. */
  callDeltas(call: Call, index: number): Json[];
  wholeCall?(call: Call, index: number): Json;
  finish?(turn: Turn): string;
  finishDelta?: Json;
  usage(turn: Turn): Json | null;
  counting: Counting;
  /** A last change to the chunks of a stream. */
  edit?(chunks: Json[]): Json[];
  /** A last change to a whole answer. */
  editWhole?(answer: Json, body: Json): Json;
  /** An error in mid-stream, as lines; default: one `data:` line with the envelope. */
  broken?(fault: Fault): string;
  /** Lines before a stream, and before a whole answer. */
  prelude?: string;
  wholePrelude?: string;
  newline?: string;
  /** How often `[DONE]` is said; default once. */
  done?: number;
}

export interface Accent {
  /** The prefix of its models, and its first path segment here. */
  slug: string;
  /** The models it has: the first is asked in most tests. */
  models: string[];
  /** One that thinks aloud, and one that follows schemas, where the first does not. */
  reasoner?: string;
  schemaModel?: string;
  key: string;
  /** The path of the base URL as the vendor documents it. */
  base: string;
  /** Every path that answers chats. */
  paths: string[];
  /** Whether a request shows the key in a way this provider reads. */
  opens(headers: IncomingHttpHeaders, key: string): boolean;
  badKey: Fault;
  unknownModel(model: string): Fault;
  rules: Rule[];
  /** The body of a refusal; a text is sent as HTML. */
  envelope(fault: Fault): Json | string;
  voice: Voice;
  /** Ids of the calls its models make, in their own form. */
  callIds: [string, string];
}

export const bearer: Accent["opens"] = ({ authorization }, key) =>
  authorization === `Bearer ${key}`;
