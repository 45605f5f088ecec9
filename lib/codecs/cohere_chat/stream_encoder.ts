/** Neutral events → Cohere's stream. https://docs.cohere.com/v2/docs/streaming */
import type {
  ChatEvent,
  ChoiceEvent,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
  StartEvent,
} from "../../chat/event.ts";
import { type EventTexts, writeEvents } from "../../chat/event_writer.ts";
import type { Part } from "../../chat/request.ts";
import type { Usage } from "../../chat/response.ts";
import { encodeEvent } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";
import { encodeCitations } from "./citations.ts";
import { encodeStreamError } from "./encode_error.ts";
import { encodeCall } from "./encode_messages.ts";
import { isPlan } from "./encode_response.ts";
import { FINISH_REASONS } from "./finish_reason.ts";
import { extensionOf } from "./profile.ts";
import { encodeUsage } from "./usage.ts";
import type { WireEvent } from "./wire.ts";

/** One text per event. `end()` gives the finish with the counts, and the end mark; not after an error. */
export function streamEncoder(): Step<ChatEvent, string> {
  return writeEvents(new EventEncoder());
}

type PartKind = "text" | "thinking" | "plan" | "call";

/** A part between its start and its end. */
interface OpenPart {
  kind: PartKind;
  /** Among the blocks of content, or among the calls. */
  index: number;
  empty: boolean;
}

class EventEncoder implements EventTexts {
  readonly #open = new Map<number, OpenPart>();
  #blocks = 0;
  #calls = 0;
  #citations = 0;
  #text = "";
  #finish: FinishEvent | undefined;

  readonly error = encodeStreamError;

  start({ id }: StartEvent): string[] {
    return [write({ type: "message-start", id, delta: { message: EMPTY } })];
  }

  choice(event: ChoiceEvent): string[] {
    return logprobsOf(extensionOf(event).logprobs);
  }

  /** Waits for the counts, which are told with it. */
  finish(event: FinishEvent): string[] {
    this.#finish = event;
    return [];
  }

  end(usage: Usage | undefined): string[] {
    const { reason = "stop", native } = this.#finish ?? {};
    const delta = {
      finish_reason: FINISH_REASONS.encode(reason, native),
      ...(usage !== undefined && { usage: encodeUsage(usage) }),
    };
    return [write({ type: "message-end", delta }), "data: [DONE]\n\n"];
  }

  partStart({ index, part }: PartStartEvent): string[] {
    if (part.type === "citation") return this.#cite(part);
    const kind = kindOf(part);
    if (kind === undefined) return [];
    const place = kind === "call" ? this.#calls++ : kind === "plan" ? 0 : this.#blocks++;
    const open: OpenPart = { kind, index: place, empty: true };
    this.#open.set(index, open);
    if (part.type === "tool_call") {
      const call = encodeCall(part);
      const begun = { ...call, function: { ...call.function, arguments: "" } };
      const said = part.arguments === "" ? [] : this.#say(open, call.function.arguments);
      return [write(inMessage("tool-call-start", { tool_calls: begun }, place)), ...said];
    }
    const text = "content" in part ? part.content : "";
    const said = text === "" ? [] : this.#say(open, text);
    if (kind === "plan") return said;
    const content = { type: kind, [kind]: "" };
    return [write(inMessage("content-start", { content }, place)), ...said];
  }

  partDelta({ index, delta }: PartDeltaEvent): string[] {
    const open = this.#open.get(index);
    return open === undefined || delta === "" ? [] : this.#say(open, delta);
  }

  #say(open: OpenPart, delta: string): string[] {
    open.empty = false;
    const { kind, index } = open;
    switch (kind) {
      case "plan":
        return [write(inMessage("tool-plan-delta", { tool_plan: delta }))];
      case "call": {
        const tool_calls = { function: { arguments: delta } };
        return [write(inMessage("tool-call-delta", { tool_calls }, index))];
      }
      default:
        if (kind === "text") this.#text += delta;
        return [write(inMessage("content-delta", { content: { [kind]: delta } }, index))];
    }
  }

  partEnd({ index: at }: PartEndEvent): string[] {
    const open = this.#open.get(at);
    if (open === undefined) return [];
    this.#open.delete(at);
    const { kind, index } = open;
    if (kind === "plan") return [];
    const type = kind === "call" ? "tool-call-end" : "content-end";
    const said = kind === "call" && open.empty ? this.#say(open, "{}") : [];
    return [...said, write({ type, index })];
  }

  #cite(part: Extract<Part, { type: "citation" }>): string[] {
    return encodeCitations([part], this.#text).flatMap((citations) => {
      const index = this.#citations++;
      return [
        write(inMessage("citation-start", { citations }, index)),
        write({ type: "citation-end", index }),
      ];
    });
  }
}

const EMPTY = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };

function kindOf(part: Part): PartKind | undefined {
  switch (part.type) {
    case "text":
    case "refusal":
      return "text";
    case "reasoning":
      return isPlan(part) ? "plan" : "thinking";
    case "tool_call":
      return "call";
    default:
      return undefined;
  }
}

function inMessage(type: string, message: Record<string, unknown>, index?: number): WireEvent {
  return { type, ...(index !== undefined && { index }), delta: { message } };
}

/** They ride on deltas of content, of which an empty one is enough. */
function logprobsOf(logprobs: unknown): string[] {
  if (!Array.isArray(logprobs)) return [];
  return logprobs.map((each) =>
    encodeEvent({
      event: "content-delta",
      data: JSON.stringify({
        type: "content-delta",
        index: 0,
        delta: { message: { content: { text: "" } } },
        logprobs: each as unknown,
      }),
    })
  );
}

function write(event: WireEvent): string {
  return encodeEvent({ event: event.type, data: JSON.stringify(event) });
}
