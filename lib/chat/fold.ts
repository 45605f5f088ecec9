import { GatewayError } from "../errors.ts";
import type { ChatEvent, FinishEvent, PartDeltaEvent } from "./event.ts";
import { finished } from "./finish_words.ts";
import type { Extensions, Part } from "./request.ts";
import type { ChatResponse, Choice } from "./response.ts";

/**
 * The answer a stream of events amounts to. A choice that never finished gets the reason `error`; an
 * error event throws 2120, a stream without a start 2111.
 */
export function fold(events: Iterable<ChatEvent>): ChatResponse {
  let response: ChatResponse | undefined;
  const choices = new Map<number, Choice>();
  for (const event of events) {
    if (event.type === "start") {
      const { type: _, ...head } = event;
      response ??= { ...head, choices: [] };
      continue;
    }
    if (event.type === "error") {
      throw new GatewayError(2120, event.fault.message, { fault: event.fault });
    }
    if (response === undefined) throw new GatewayError(2111, "The stream has no start");
    apply(response, choices, event);
  }
  if (response === undefined) throw new GatewayError(2111, "The stream ended before it started");
  response.choices = [...choices.values()].sort((a, b) => a.index - b.index);
  return response;
}

type Applied = Exclude<ChatEvent, { type: "start" | "error" }>;

function apply(response: ChatResponse, choices: Map<number, Choice>, event: Applied): void {
  switch (event.type) {
    case "answer":
      response.extensions = mergeExtensions(response.extensions, event.extensions, false);
      break;
    case "usage":
      response.usage = event.usage;
      break;
    case "part-start":
      choiceOf(choices, event.choice).parts[event.index] = { ...event.part };
      break;
    case "part-delta": {
      const part = choiceOf(choices, event.choice).parts[event.index];
      if (part !== undefined) addDelta(part, event);
      break;
    }
    case "choice": {
      const choice = choiceOf(choices, event.choice);
      choice.extensions = mergeExtensions(choice.extensions, event.extensions, true);
      break;
    }
    case "finish":
      finish(choiceOf(choices, event.choice), event);
      break;
    case "part-end":
      break;
  }
}

function choiceOf(choices: Map<number, Choice>, index: number): Choice {
  const known = choices.get(index);
  if (known !== undefined) return known;
  const choice: Choice = { index, parts: [], finishReason: "error" };
  choices.set(index, choice);
  return choice;
}

function finish(choice: Choice, event: FinishEvent): void {
  Object.assign(choice, finished(event));
  const { extensions } = event;
  if (extensions !== undefined) {
    choice.extensions = mergeExtensions(choice.extensions, extensions, true);
  }
}

/** Adds what a delta says to its part, in place. */
export function addDelta(
  part: Part,
  { delta, signature, extensions }: Omit<PartDeltaEvent, "type" | "choice" | "index">,
): void {
  if (part.type === "tool_call") part.arguments += delta;
  else if ("content" in part) part.content += delta;
  if (part.type === "reasoning" && signature !== undefined) {
    part.signature = (part.signature ?? "") + signature;
  }
  if (extensions !== undefined) {
    part.extensions = mergeExtensions(part.extensions, extensions, true);
  }
}

/** Adds extensions to earlier ones; with `addLists`, lists of the same name are joined instead of replaced. */
export function mergeExtensions(
  earlier: Extensions | undefined,
  later: Extensions,
  addLists: boolean,
): Extensions {
  const merged: Extensions = { ...earlier };
  for (const [protocol, values] of Object.entries(later)) {
    merged[protocol] = mergeValues(merged[protocol] ?? {}, values, addLists);
  }
  return merged;
}

type Values = Record<string, unknown>;

function mergeValues(earlier: Values, later: Values, addLists: boolean): Values {
  const merged: Values = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    const known = merged[key];
    if (addLists && Array.isArray(known) && Array.isArray(value)) {
      merged[key] = [...known, ...value];
    } else if (addLists && isValues(known) && isValues(value)) {
      merged[key] = mergeValues(known, value, true);
    } else if (value !== null || known === undefined) merged[key] = value;
  }
  return merged;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
