/**
 * What of an answer must come back with its calls and often doesn't: clients of OpenAI's dialect send back the
 * text and the calls, and leave out the thoughts before them and the signatures beside them, for which that
 * dialect has no words.
 */
import type { ChatEvent } from "./event.ts";
import { addDelta, mergeExtensions } from "./fold.ts";
import type { Extended, Message, Part, ReasoningPart, TextPart, ToolCallPart } from "./request.ts";

/** A text of which only the length is kept; `content` is empty. */
interface MeasuredText extends TextPart {
  length: number;
}

/** A part of an answer without what its client keeps: of a text only its length, of a call only what signs it. */
export type CarriedPart =
  | ReasoningPart
  | { type: "text"; length: number } & Extended
  | { type: "tool_call"; id: string } & Extended;

/** An answer that called tools, and thought or signed something. */
export interface CarriedTurn {
  calls: readonly ToolCallPart[];
  /** In the answer's order. */
  parts: readonly CarriedPart[];
}

/** What is to be carried of an answer's parts; `undefined` where its client keeps everything there is. */
export function carriedTurn(parts: readonly (Part | MeasuredText)[]): CarriedTurn | undefined {
  const calls = parts.filter((part) => part.type === "tool_call");
  if (calls.length === 0 || !parts.some(isForgotten)) return undefined;
  return { calls, parts: parts.flatMap(carried) };
}

function isForgotten(part: Part): boolean {
  return part.type === "reasoning" || (part.type === "tool_call" && part.extensions !== undefined);
}

function carried(part: Part | MeasuredText): CarriedPart[] {
  switch (part.type) {
    case "reasoning":
      return [part];
    case "text": {
      const length = "length" in part ? part.length : part.content.length;
      return [{ type: "text", length, ...extensionsOf(part) }];
    }
    case "tool_call":
      return [{ type: "tool_call", id: part.id, ...extensionsOf(part) }];
    default:
      return [];
  }
}

function extensionsOf({ extensions }: Extended): Extended {
  return extensions === undefined ? {} : { extensions };
}

/** Gives the parts of each choice of a stream when it is complete; its texts are measured, not kept. */
export class TurnCollector {
  readonly #choices = new Map<number, (Part | MeasuredText)[]>();

  /** Takes one event after the other; gives what is to be carried of a choice that ends with it. */
  add(event: ChatEvent): CarriedTurn | undefined {
    switch (event.type) {
      case "part-start":
        this.#partsOf(event.choice)[event.index] = measured(event.part);
        return undefined;
      case "part-delta": {
        const part = this.#partsOf(event.choice)[event.index];
        if (part !== undefined) extend(part, event);
        return undefined;
      }
      case "finish": {
        const parts = this.#partsOf(event.choice);
        this.#choices.delete(event.choice);
        return carriedTurn(parts.filter((part) => part !== undefined));
      }
      default:
        return undefined;
    }
  }

  #partsOf(choice: number): (Part | MeasuredText)[] {
    let parts = this.#choices.get(choice);
    if (parts === undefined) this.#choices.set(choice, parts = []);
    return parts;
  }
}

function measured(part: Part): Part | MeasuredText {
  if (part.type !== "text") return { ...part };
  return { ...part, content: "", length: part.content.length };
}

function extend(
  part: Part | MeasuredText,
  event: Extract<ChatEvent, { type: "part-delta" }>,
): void {
  if (!("length" in part)) return addDelta(part, event);
  part.length += event.delta.length;
  addDelta(part, { ...event, delta: "" });
}

/** Whether a message calls tools, and nothing of what was thought or signed has come back with the calls. */
export function lacksThoughts({ role, parts }: Message): boolean {
  return role === "assistant" && parts.some(({ type }) => type === "tool_call") &&
    !parts.some((part) =>
      part.type === "reasoning"
        ? part.signature !== undefined
        : part.type === "tool_call" && part.extensions !== undefined
    );
}

/**
 * Puts back what was carried, in the answer's order. What the client says counts: a text it changed stays as it
 * is, and a call it left out does not come back.
 */
export function withThoughts(message: Message, carried: readonly CarriedPart[]): Message {
  const { parts } = message;
  const calls = parts.filter((part) => part.type === "tool_call");
  const texts = textsFor(carried, parts.filter((part) => part.type === "text"));
  const others = parts.filter(({ type }) => !PLACED.has(type));
  const out: Part[] = [];
  for (const part of carried) {
    if (part.type === "reasoning") out.push(part);
    else if (part.type === "text") out.push(...texts.shift() ?? []);
    else {
      const at = calls.findIndex(({ id }) => id === part.id);
      if (at >= 0) out.push(...calls.splice(at, 1).map((call) => signed(call, part)));
    }
  }
  const firstCall = out.findIndex(({ type }) => type === "tool_call");
  out.splice(firstCall < 0 ? out.length : firstCall, 0, ...texts.flat(), ...others);
  return { ...message, parts: [...out, ...calls] };
}

const PLACED: ReadonlySet<Part["type"]> = new Set(["text", "reasoning", "tool_call"]);

function signed(call: ToolCallPart, { extensions }: Extended): ToolCallPart {
  if (extensions === undefined) return call;
  return { ...call, extensions: mergeExtensions(call.extensions, extensions, false) };
}

/** The client's texts, one list for each place: cut as the answer's were, where they are still as long. */
function textsFor(carried: readonly CarriedPart[], texts: readonly TextPart[]): TextPart[][] {
  const places = carried.filter((part) => part.type === "text");
  const whole = texts.map(({ content }) => content).join("");
  const length = places.reduce((sum, place) => sum + place.length, 0);
  if (whole.length !== length || texts.some(({ extensions }) => extensions !== undefined)) {
    return [[...texts]];
  }
  let start = 0;
  return places.map((place) => {
    const content = whole.slice(start, start += place.length);
    return [{ type: "text", content, ...extensionsOf(place) }];
  });
}
