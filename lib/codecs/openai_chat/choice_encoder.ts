import type {
  EventOfChoice,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
} from "../../chat/event.ts";
import type { MediaPart, Part, ReasoningPart, ToolCallPart } from "../../chat/request.ts";
import { encodeAnswerMedia, encodeCall, encodeCitation, isLegacyCall } from "./answer_parts.ts";
import { extend, extensionOf } from "./extension.ts";
import { type Json, objectOf } from "../../json/fields.ts";
import { encodeFinishReason } from "./finish_reason.ts";
import { nativeReason } from "./encode_response.ts";
import { besideCall, encodeDetail, needsDetail } from "./reasoning.ts";
import type { WireChunkChoice } from "./wire.ts";

/** A part between its start and its end. */
interface OpenPart {
  part: Part;
  /** Position among the tool calls, or among the reasoning details. */
  position: number;
  /** Nothing of a call's arguments has come yet. */
  empty: boolean;
}

/** Writes one choice: an event becomes no delta, or one, rarely two. */
export class ChoiceEncoder {
  readonly #index: number;
  readonly #open = new Map<number, OpenPart>();
  /** Thoughts that are more than words, as far as they have come. */
  readonly #thoughts: ReasoningPart[] = [];
  #calls = 0;
  #began = false;

  constructor(index: number) {
    this.#index = index;
  }

  /** Whether more of this part is nothing but more words of an answer that has begun. */
  continuesText(part: number): boolean {
    return this.#began && this.#open.get(part)?.part.type === "text";
  }

  /** What such a continuation becomes. */
  words(content: string): WireChunkChoice {
    return this.#make({ content }, null, {});
  }

  encode(event: EventOfChoice): WireChunkChoice[] {
    switch (event.type) {
      case "part-start":
        return this.#deltas(this.#start(event));
      case "part-delta":
        return this.#deltas(this.#add(event));
      case "part-end":
        return this.#deltas(this.#end(event));
      case "choice":
        return this.#write({}, null, extensionOf(event));
      case "finish":
        return this.#finish(event);
    }
  }

  #deltas(delta: Json | undefined): WireChunkChoice[] {
    return delta === undefined ? [] : this.#write(delta, null, {});
  }

  #write(delta: Json, reason: string | null, extras: Json): WireChunkChoice[] {
    return [this.#make(delta, reason, extras)];
  }

  #make(delta: Json, reason: string | null, extras: Json): WireChunkChoice {
    const { message, ...rest } = extras;
    const first = this.#began ? {} : { role: "assistant", content: "content" in delta ? "" : null };
    this.#began = true;
    const choice = {
      index: this.#index,
      delta: { ...first, ...delta, ...objectOf(message) },
      logprobs: null,
      finish_reason: reason,
      ...rest,
    };
    return choice as unknown as WireChunkChoice;
  }

  #finish({ reason, native, extensions }: FinishEvent): WireChunkChoice[] {
    const word = encodeFinishReason(reason, native);
    return this.#write({}, word, { ...nativeReason(native, word), ...extensionOf({ extensions }) });
  }

  #start({ index, part }: PartStartEvent): Json | undefined {
    const open: OpenPart = { part: { ...part }, position: 0, empty: true };
    this.#open.set(index, open);
    switch (part.type) {
      case "text":
        return part.content === "" ? undefined : { content: part.content };
      case "refusal":
        return part.content === "" ? undefined : { refusal: part.content };
      case "reasoning":
        if (needsDetail(part)) this.#keep(open);
        return encodeThought(part, open.position);
      case "tool_call":
        return this.#startCall(part, open);
      case "citation":
        return { annotations: [encodeCitation(part)] };
      case "uri":
      case "file":
        return encodeMedia(part);
      // A picture or a recording goes out whole, at its end.
      default:
        return undefined;
    }
  }

  #startCall(part: ToolCallPart, open: OpenPart): Json {
    open.empty = part.arguments === "";
    if (isLegacyCall(part)) {
      return { function_call: { name: part.name, arguments: part.arguments } };
    }
    open.position = this.#calls++;
    const call = encodeCall(part);
    // The "{}" of a call without arguments waits for its end: they may be about to come.
    if (open.empty && part.kind === "function") objectOf(call.function).arguments = "";
    const signed = open.position === 0 && this.#thoughts.some(isSigned);
    const extra = signed && {
      extra_content: { ...objectOf(call.extra_content), ...besideCall(this.#thoughts) },
    };
    return { tool_calls: [{ index: open.position, ...call, ...extra }] };
  }

  #keep(open: OpenPart): void {
    open.position = this.#thoughts.push(open.part as ReasoningPart) - 1;
  }

  #add({ index, delta, signature, extensions }: PartDeltaEvent): Json | undefined {
    const open = this.#open.get(index);
    if (open === undefined) return undefined;
    const { part, position } = open;
    switch (part.type) {
      case "text":
        return { content: delta };
      case "refusal":
        return { refusal: delta };
      case "reasoning":
        return this.#addThought(open, delta, signature);
      case "tool_call":
        if (delta !== "") open.empty = false;
        return callDelta(part, position, delta);
      case "blob":
        part.content += delta;
        if (extensions !== undefined) {
          part.extensions = mergeSpeech(part, extensionOf({ extensions }));
        }
        return undefined;
      default:
        return undefined;
    }
  }

  /** A plain thought that turns out to be signed becomes a detail with its signature. */
  #addThought(open: OpenPart, delta: string, signature: string | undefined): Json | undefined {
    const part = open.part as ReasoningPart;
    if (signature !== undefined && !needsDetail(part)) this.#keep(open);
    const { signature: _, ...rest } = part;
    const signed = signature === undefined ? rest : { ...rest, signature };
    if (signature !== undefined) part.signature = signature;
    part.content += delta;
    return encodeThought({ ...signed, content: delta }, open.position);
  }

  #end({ index }: PartEndEvent): Json | undefined {
    const open = this.#open.get(index);
    this.#open.delete(index);
    if (open?.part.type === "blob") return encodeMedia(open.part);
    if (open?.part.type !== "tool_call" || !open.empty || open.part.kind === "custom") {
      return undefined;
    }
    return callDelta(open.part, open.position, "{}");
  }
}

const isSigned = ({ signature }: ReasoningPart): boolean => signature !== undefined;

function encodeThought(part: ReasoningPart, position: number): Json | undefined {
  const text = part.content === "" ? {} : { reasoning_content: part.content };
  if (needsDetail(part)) return { ...text, reasoning_details: [encodeDetail(part, position)] };
  return part.content === "" ? undefined : text;
}

function callDelta(part: ToolCallPart, index: number, delta: string): Json {
  if (isLegacyCall(part)) return { function_call: { arguments: delta } };
  const called = part.kind === "custom"
    ? { custom: { input: delta } }
    : { function: { arguments: delta } };
  return { tool_calls: [{ index, ...called }] };
}

function encodeMedia(part: MediaPart): Json | undefined {
  const media = encodeAnswerMedia([part]);
  return Object.keys(media).length === 0 ? undefined : media;
}

/** A recording's id, transcript and expiry become known one after the other. */
function mergeSpeech(part: MediaPart, later: Json): MediaPart["extensions"] {
  const known = extensionOf(part);
  const speech = { ...objectOf(known.speech), ...objectOf(later.speech) };
  return { ...part.extensions, ...extend({ ...known, speech }).extensions };
}
