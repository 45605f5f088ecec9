/**
 * What of an answer must come back with its calls and often doesn't: clients of OpenAI's dialect send back the
 * text and the calls, and leave out the thoughts before them and the signatures beside them, for which that
 * dialect has no words.
 */
import type { WantedThoughts } from "./codec.ts";
import type { ChatEvent, PartDeltaEvent } from "./event.ts";
import { addDelta, mergeExtensions } from "./fold.ts";
import type {
  Extended,
  Message,
  OpaquePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
} from "./request.ts";

/** A text of which only the length is kept; `content` is empty. */
interface MeasuredText extends TextPart {
  length: number;
}

/** A part of an answer as far as anything of it may have to be carried. */
export type HeardPart = Part | MeasuredText;

/**
 * A part of an answer without what its client keeps: of a text only its length, of a call only what signs it, which is
 * good for nothing but the very same call: `key` stands for that.
 */
export type CarriedPart =
  | ReasoningPart
  | OpaquePart
  | { type: "text"; length: number } & Extended
  | { type: "tool_call"; id: string; key: string } & Extended;

/** Gives what stands for a call: its id, its name and its arguments. */
export type KeyOfCall = (call: ToolCallPart) => string;

/**
 * What is to be carried of an answer, in its order; `undefined` where it called nothing, or bears no thought that is
 * wanted.
 */
export function carriedTurn(
  parts: readonly HeardPart[],
  { bears }: WantedThoughts,
  keyOf: KeyOfCall,
): CarriedPart[] | undefined {
  if (!parts.some(({ type }) => type === "tool_call") || !parts.some(bears)) return undefined;
  return parts.flatMap((part) => carried(part, keyOf));
}

function carried(part: HeardPart, keyOf: KeyOfCall): CarriedPart[] {
  switch (part.type) {
    // Between two thoughts a model may have used a tool of its provider's: without that they would be one.
    case "reasoning":
    case "opaque":
      return [part];
    case "text": {
      const length = "length" in part ? part.length : part.content.length;
      return [{ type: "text", length, ...extensionsOf(part) }];
    }
    case "tool_call":
      return [{ type: "tool_call", id: part.id, key: keyOf(part), ...extensionsOf(part) }];
    default:
      return [];
  }
}

function extensionsOf({ extensions }: Extended): Extended {
  return extensions === undefined ? {} : { extensions };
}

/** Gives the parts of each choice of a stream when it is complete; its texts are measured, and media left out. */
export class TurnCollector {
  readonly #choices = new Map<number, (HeardPart | undefined)[]>();

  /** Takes one event after the other; gives the parts of a choice that ends with it. */
  add(event: ChatEvent): HeardPart[] | undefined {
    switch (event.type) {
      case "part-start":
        this.#partsOf(event.choice)[event.index] = heard(event.part);
        return undefined;
      case "part-delta": {
        const part = this.#partsOf(event.choice)[event.index];
        if (part !== undefined) extend(part, event);
        return undefined;
      }
      case "finish": {
        const parts = this.#partsOf(event.choice);
        this.#choices.delete(event.choice);
        return parts.filter((part) => part !== undefined);
      }
      default:
        return undefined;
    }
  }

  #partsOf(choice: number): (HeardPart | undefined)[] {
    let parts = this.#choices.get(choice);
    if (parts === undefined) this.#choices.set(choice, parts = []);
    return parts;
  }
}

function heard(part: Part): HeardPart | undefined {
  if (part.type === "text") return { ...part, content: "", length: part.content.length };
  return PLACED.has(part.type) ? { ...part } : undefined;
}

function extend(part: HeardPart, event: PartDeltaEvent): void {
  if (!("length" in part)) return addDelta(part, event);
  part.length += event.delta.length;
  if (event.extensions !== undefined) addDelta(part, { ...event, delta: "" });
}

/** Whether a message calls tools, and no thought is known to have come back with the calls as it was. */
export function lacksThoughts(
  { role, parts }: Message,
  { bears, proven }: WantedThoughts,
): boolean {
  return role === "assistant" && parts.some(({ type }) => type === "tool_call") &&
    !(proven && parts.some(bears));
}

/**
 * Puts back what was carried, in the answer's order; the very same message where nothing is missing. What the client
 * says counts: a text it changed stays as it is, a call it left out does not come back, and one it changed gets
 * nothing that signs it.
 */
export function withThoughts(
  message: Message,
  carried: readonly CarriedPart[],
  keyOf: KeyOfCall,
): Message {
  const { parts } = message;
  const words = wordsOf(parts);
  if (words !== "" && words === wordsOf(carried) && !carried.some(bearsSignature)) return message;
  const calls = parts.filter((part) => part.type === "tool_call");
  const texts = textsFor(carried, parts.filter((part) => part.type === "text"));
  const others = parts.filter(({ type }) => type === "opaque" || !PLACED.has(type));
  const forgotOpaque = others.every(({ type }) => type !== "opaque");
  const out: Part[] = [];
  for (const part of carried) {
    if (part.type === "text") out.push(...texts.shift() ?? []);
    else if (part.type === "tool_call") {
      const at = calls.findIndex(({ id }) => id === part.id);
      const same = (call: ToolCallPart) =>
        part.extensions === undefined || part.key === keyOf(call);
      if (at >= 0) {
        out.push(...calls.splice(at, 1).map((call) => same(call) ? sign(call, part) : call));
      }
    } else if (part.type === "reasoning" || forgotOpaque) out.push(part);
  }
  const firstCall = out.findIndex(({ type }) => type === "tool_call");
  out.splice(firstCall < 0 ? out.length : firstCall, 0, ...texts.flat(), ...others);
  return { ...message, parts: [...out, ...calls] };
}

/** Kinds that have a place in what is carried. */
const PLACED: ReadonlySet<Part["type"]> = new Set(["text", "reasoning", "tool_call", "opaque"]);

function wordsOf(parts: readonly (Part | CarriedPart)[]): string {
  return parts.map((part) => part.type === "reasoning" ? part.content : "").join("");
}

function bearsSignature(part: CarriedPart): boolean {
  return part.type === "reasoning" ? part.signature !== undefined : part.extensions !== undefined;
}

function sign<T extends ToolCallPart | TextPart>(part: T, { extensions }: Extended): T {
  if (extensions === undefined) return part;
  return { ...part, extensions: mergeExtensions(part.extensions, extensions, false) };
}

/** The client's texts, one list for each place: cut as the answer's were, where they are still as long. */
function textsFor(carried: readonly CarriedPart[], texts: readonly TextPart[]): TextPart[][] {
  const places = carried.filter((part) => part.type === "text");
  const whole = texts.map(({ content }) => content).join("");
  const length = places.reduce((sum, place) => sum + place.length, 0);
  const marked = texts.slice(0, -1).some(({ extensions }) => extensions !== undefined);
  if (whole.length !== length || marked) return [[...texts]];
  let start = 0;
  return places.map((place, at) => {
    const content = whole.slice(start, start += place.length);
    // What a client marks, such as the end of what is to be cached, is the end of the whole.
    const mark = at === places.length - 1 ? extensionsOf(texts.at(-1) ?? {}) : {};
    return [sign({ type: "text", content, ...mark }, place)];
  });
}
