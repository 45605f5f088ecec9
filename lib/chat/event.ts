import type { ProviderFault } from "../errors.ts";
import type { Extensions, Part } from "./request.ts";
import type { FinishReason, Usage } from "./response.ts";

/**
 * A streamed answer in no provider's dialect. Parts are numbered per choice in the order in which they
 * begin, may overlap, and each is opened, filled and closed:
 *
 * `start (part-start part-delta* part-end)* (finish|…)* usage?`, or `error` anywhere after which nothing comes.
 *
 * Folding the events gives the same {@linkcode ChatResponse} as decoding the whole answer would.
 */
export type ChatEvent =
  | StartEvent
  | AnswerEvent
  | PartStartEvent
  | PartDeltaEvent
  | PartEndEvent
  | ChoiceEvent
  | FinishEvent
  | UsageEvent
  | ErrorEvent;

export interface StartEvent {
  type: "start";
  id: string;
  model: string;
  /** Seconds since the epoch. */
  created: number;
  extensions?: Extensions;
}

/** Something about the whole answer that is learnt after its start; a later value replaces an earlier one. */
export interface AnswerEvent {
  type: "answer";
  extensions: Extensions;
}

/** Opens part `index` of a choice. The part holds what is known so far: text may be empty. */
export interface PartStartEvent {
  type: "part-start";
  choice: number;
  index: number;
  part: Part;
}

/** Adds to an open part: `delta` continues its text, arguments, reasoning, refusal or base64 content. */
export interface PartDeltaEvent {
  type: "part-delta";
  choice: number;
  index: number;
  delta: string;
  /** Reasoning only: the signature, when it comes after the text. */
  signature?: string;
  extensions?: Extensions;
}

export interface PartEndEvent {
  type: "part-end";
  choice: number;
  index: number;
}

/** Something about a choice that is no part of its content, such as log probabilities: lists add up, other values replace. */
export interface ChoiceEvent {
  type: "choice";
  choice: number;
  extensions: Extensions;
}

export interface FinishEvent {
  type: "finish";
  choice: number;
  reason: FinishReason;
  native?: string;
  extensions?: Extensions;
}

/** The counts so far; a later event replaces an earlier one. */
export interface UsageEvent {
  type: "usage";
  usage: Usage;
}

export interface ErrorEvent {
  type: "error";
  fault: ProviderFault;
}
