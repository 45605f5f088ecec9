import type {
  EventOfChoice,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
} from "../../chat/event.ts";
import type { CitationPart, Part } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import { encodeAnswerPart, encodeGrounding } from "./encode_answer_parts.ts";
import { extensionOf } from "./extension.ts";
import { encodeFinish } from "./finish_reason.ts";
import type { WirePart } from "./wire.ts";

/** Writes one candidate: text as it comes; calls and media, which Google sends whole, at their end. */
export class CandidateEncoder {
  readonly #index: number;
  readonly #open = new Map<number, Part>();
  readonly #citations: CitationPart[] = [];
  #text = "";
  #grounded = false;
  #finish: FinishEvent | undefined;

  constructor(index: number) {
    this.#index = index;
  }

  /** What the event becomes, if anything yet. */
  encode(event: EventOfChoice): Json | undefined {
    switch (event.type) {
      case "part-start":
        return this.#content(this.#start(event));
      case "part-delta":
        return this.#content(this.#add(event));
      case "part-end":
        return this.#content(this.#end(event));
      case "choice":
        return this.#said(extensionOf(event));
      case "finish":
        this.#finish = event;
        return undefined;
    }
  }

  /** The last event of the candidate. */
  finish(): Json | undefined {
    if (this.#finish === undefined) return undefined;
    const { reason, native, extensions } = this.#finish;
    const sources = !this.#grounded && this.#citations.length > 0;
    return {
      content: { role: "model", parts: [] },
      finishReason: encodeFinish(reason, native),
      index: this.#index,
      ...(sources && encodeGrounding(this.#citations, this.#text)),
      ...extensionOf({ extensions }),
    };
  }

  #content(parts: WirePart[]): Json | undefined {
    if (parts.length === 0) return undefined;
    return { content: { role: "model", parts }, index: this.#index };
  }

  #said(extras: Json): Json | undefined {
    if (Object.keys(extras).length === 0) return undefined;
    this.#grounded ||= "groundingMetadata" in extras || "citationMetadata" in extras;
    return { index: this.#index, ...extras };
  }

  #start({ index, part }: PartStartEvent): WirePart[] {
    switch (part.type) {
      case "citation":
        this.#citations.push(part);
        return [];
      case "text":
      case "refusal":
      case "reasoning":
        // What comes later says only what is new: neither words nor a signature go out twice.
        this.#open.set(index, { ...part, content: "", extensions: undefined, ...unsigned(part) });
        if (part.type === "text") this.#text += part.content;
        return isSilent(part) ? [] : encodeAnswerPart(part);
      case "tool_call":
      case "blob":
        this.#open.set(index, { ...part });
        return [];
      default:
        return encodeAnswerPart(part);
    }
  }

  #add({ index, delta, signature, extensions }: PartDeltaEvent): WirePart[] {
    const part = this.#open.get(index);
    if (part?.type === "tool_call") part.arguments += delta;
    else if (part?.type === "blob") part.content += delta;
    else if (part?.type === "text" || part?.type === "refusal" || part?.type === "reasoning") {
      if (part.type === "text") this.#text += delta;
      const piece = {
        ...part,
        content: delta,
        ...(extensions !== undefined && { extensions }),
        ...(signature !== undefined && { signature }),
      };
      return isSilent(piece) ? [] : encodeAnswerPart(piece);
    }
    return [];
  }

  #end({ index }: PartEndEvent): WirePart[] {
    const part = this.#open.get(index);
    this.#open.delete(index);
    return part?.type === "tool_call" || part?.type === "blob" ? encodeAnswerPart(part) : [];
  }
}

function unsigned(part: Part): { signature?: undefined } {
  return part.type === "reasoning" ? { signature: undefined } : {};
}

/** A thought of nothing, unsigned: it only opens what is to come. */
function isSilent(part: Part): boolean {
  return part.type === "reasoning" && part.content === "" && part.signature === undefined &&
    Object.keys(extensionOf(part)).length === 0;
}
