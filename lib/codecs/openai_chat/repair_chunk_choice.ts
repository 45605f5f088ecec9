import { makeCallId } from "../../chat/call_id.ts";
import { isObject, type Json, objectsOf, textOf } from "../../json/fields.ts";
import type { Edits } from "./edits.ts";
import {
  isDoubtful,
  repairFinish,
  repairLogprobs,
  repairTexts,
  settleReason,
} from "./repair_fields.ts";
import { ToolDeltaRepair } from "./repair_tool_deltas.ts";
import { ThinkSplitter } from "./think_tags.ts";

/** Members of a delta that somebody would read. */
const PAYLOAD = [
  "content",
  "reasoning_content",
  "reasoning_details",
  "refusal",
  "tool_calls",
  "function_call",
  "audio",
  "images",
  "annotations",
] as const;

/** Whether a delta holds anything to read. */
export function hasPayload(delta: Json): boolean {
  return PAYLOAD.some((key) => {
    const value = delta[key];
    return value !== undefined && value !== null && value !== "" &&
      !(Array.isArray(value) && value.length === 0);
  });
}

/** What is known of one choice of a stream while its chunks are repaired. */
export class ChoiceRepair {
  readonly #tools: ToolDeltaRepair;
  #splitter: ThinkSplitter | undefined;
  /** What has been said, for finding the marks of its sources. */
  #text = "";
  #annotated = false;
  #roleSent = false;
  #began = false;
  #native: string | undefined;
  /** The chunk at hand says something besides a finish. */
  hasPayload = false;

  constructor(index: number, answerId: string, thinkTags: boolean) {
    if (thinkTags) this.#splitter = new ThinkSplitter();
    this.#tools = new ToolDeltaRepair((position) => makeCallId(answerId, index, position));
  }

  get finished(): boolean {
    return this.#native !== undefined;
  }

  /** Whether that the choice ended is a guess. */
  get doubtful(): boolean {
    return isDoubtful(this.#native);
  }

  /** OpenAI's word for why the choice ended. */
  get reason(): string {
    return settleReason(this.#native, this.#tools.called);
  }

  /** Repairs one choice of a chunk in place; gives whether it says something, a finish included. */
  repair(edits: Edits, choice: Json): boolean {
    const delta = this.#deltaOf(edits, choice);
    edits.dropNulls(delta, ["tool_calls", "function_call", "annotations"]);
    repairTexts(edits, delta);
    this.#splitThoughts(edits, delta);
    if (typeof delta.content === "string") this.#text += delta.content;
    if (delta.annotations !== undefined) this.#annotated = true;
    repairTools(edits, delta, this.#tools);
    repairLogprobs(edits, choice);
    if (typeof choice.finish_reason !== "string" || choice.finish_reason === "") {
      edits.set(choice, "finish_reason", null);
    }
    this.hasPayload = hasPayload(delta);
    this.#began ||= this.hasPayload;
    const native = textOf(choice.finish_reason);
    // Providers that finish twice say something and then `stop`, or `stop` and then something.
    if (native !== undefined && (this.#native ?? "stop") === "stop") this.#native = native;
    return this.hasPayload || native !== undefined;
  }

  /** Writes the reason into the chunk that was held until the end. */
  settleEnd(edits: Edits, choice: Json): void {
    edits.set(choice, "finish_reason", this.#native ?? "stop");
    repairFinish(edits, choice, this.#tools.called);
  }

  /** `role` belongs into the first delta that goes out, and nowhere else. */
  settleRole(edits: Edits, delta: Json): void {
    if (this.#roleSent) edits.drop(delta, "role");
    else edits.set(delta, "role", "assistant");
    this.#roleSent = true;
  }

  /** What is still owed, if anything; `annotate` gives the citations that belong to a text. */
  end(annotate: (text: string) => Json[]): Json | undefined {
    const { thought = "", text = "" } = this.#splitter?.end() ?? {};
    const tool_calls = this.#tools.end();
    const annotations = this.#annotated ? [] : annotate(this.#text + text);
    const owed: Json = {
      ...(thought !== "" && { reasoning_content: thought }),
      ...(text !== "" && { content: text }),
      ...(tool_calls.length > 0 && { tool_calls }),
      ...(annotations.length > 0 && { annotations }),
    };
    return Object.keys(owed).length > 0 ? owed : undefined;
  }

  #splitThoughts(edits: Edits, delta: Json): void {
    const splitter = this.#splitter;
    if (splitter === undefined) return;
    // A provider that tells its thoughts apart puts none of them into the text.
    const over = hasPayload({ ...delta, content: null });
    if (typeof delta.content !== "string" && !over) return;
    const split = splitter.push(textOf(delta.content) ?? "");
    // What was held back comes before a call or a citation, not after it.
    const rest = over ? splitter.end() : { thought: "", text: "" };
    if (over || splitter.done) this.#splitter = undefined;
    const text = split.text + rest.text;
    const thought = split.thought + rest.thought;
    if (text !== "" || typeof delta.content === "string") edits.set(delta, "content", text);
    if (thought === "") return;
    edits.set(delta, "reasoning_content", thought + (textOf(delta.reasoning_content) ?? ""));
  }

  #deltaOf(edits: Edits, choice: Json): Json {
    if (!isObject(choice.delta)) {
      // A whole message in a stream counts only where nothing of it came in pieces before.
      const whole = isObject(choice.message) && !this.#began ? choice.message : {};
      const plain = typeof choice.text === "string" ? { content: choice.text } : whole;
      edits.set(choice, "delta", plain);
    }
    edits.drop(choice, "message");
    edits.drop(choice, "text");
    return choice.delta as Json;
  }
}

function repairTools(edits: Edits, delta: Json, tools: ToolDeltaRepair): void {
  const given = delta.tool_calls;
  if (given === undefined) return;
  const entries = objectsOf(isObject(given) ? [given] : given);
  const ready = tools.push(edits, entries);
  if (ready.length === 0) edits.drop(delta, "tool_calls");
  else if (!Array.isArray(given) || ready.length !== given.length) {
    edits.set(delta, "tool_calls", ready);
  }
}
