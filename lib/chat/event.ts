import type { ProviderFault } from "../errors.ts";
import type { Extended, Extensions, Part } from "./request.ts";
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

/** Opens an answer: the first event, and the only one of its type. */
export interface StartEvent extends Extended {
  /** Tells it from other events. */
  type: "start";
  /** The provider's own, where it has one. */
  id: string;
  /** What the provider says serves it. */
  model: string;
  /** Seconds since the epoch. */
  created: number;
}

/** Something about the whole answer that is learnt after its start; a later value replaces an earlier one. */
export interface AnswerEvent {
  /** Tells it from other events. */
  type: "answer";
  /** By protocol. */
  extensions: Extensions;
}

/** Which part an event speaks of. */
export interface PartPlace {
  /** Of the choices asked for, from 0. */
  choice: number;
  /** Of the parts of that choice, from 0 in the order in which they began. */
  index: number;
}

/** Opens part `index` of a choice. The part holds what is known so far: text may be empty. */
export interface PartStartEvent extends PartPlace {
  /** Tells it from other events. */
  type: "part-start";
  /** What is known so far. */
  part: Part;
}

/** Adds to an open part: `delta` continues its text, arguments, reasoning, refusal or base64 content. */
export interface PartDeltaEvent extends PartPlace, Extended {
  /** Tells it from other events. */
  type: "part-delta";
  /** What comes next; may be empty. */
  delta: string;
  /** `delta` as JSON text, quotes included, from a decoder that has it at hand. */
  quoted?: string;
  /** Reasoning only: the signature, when it comes after the text. */
  signature?: string;
}

/** Closes a part, after which it gets no deltas. */
export interface PartEndEvent extends PartPlace {
  /** Tells it from other events. */
  type: "part-end";
}

/** Something about a choice that is no part of its content, such as log probabilities: lists add up, other values replace. */
export interface ChoiceEvent {
  /** Tells it from other events. */
  type: "choice";
  /** Of the choices asked for, from 0. */
  choice: number;
  /** By protocol. */
  extensions: Extensions;
}

/** Why a choice ended. */
export interface Finish {
  /** In the neutral word. */
  reason: FinishReason;
  /** The provider's own word, where it is another. */
  native?: string;
  /** That it ended is a guess: the provider gave no reason, one that nobody knows, or one that promises more. */
  doubtful?: true;
}

/** Ends a choice. */
export interface FinishEvent extends Finish, Extended {
  /** Tells it from other events. */
  type: "finish";
  /** Of the choices asked for, from 0. */
  choice: number;
}

/** The counts so far; a later event replaces an earlier one. */
export interface UsageEvent {
  /** Tells it from other events. */
  type: "usage";
  /** Of the whole answer. */
  usage: Usage;
}

/** The provider failed after it had begun; nothing follows. */
export interface ErrorEvent {
  /** Tells it from other events. */
  type: "error";
  /** What the provider said. */
  fault: ProviderFault;
}

/** An event that belongs to one choice. */
export type EventOfChoice = Extract<ChatEvent, { choice: number }>;
