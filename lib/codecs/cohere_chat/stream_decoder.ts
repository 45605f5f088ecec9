/** Cohere's stream → neutral events. https://docs.cohere.com/v2/docs/streaming */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import type { Part } from "../../chat/request.ts";
import { isObject, type Json, objectOf, parseJson, textOf } from "../../json/fields.ts";
import { sseDecoder, type SseEvent } from "../../stream/sse.ts";
import { compose, type Step } from "../../stream/step.ts";
import { decodeCitation, isOfText } from "./citations.ts";
import { decodeCall, faultOfFinish } from "./decode_response.ts";
import { makeFault, messageOf } from "./fault.ts";
import { FINISH_REASONS } from "./finish_reason.ts";
import { decodeLogprobs } from "./logprobs.ts";
import { extend } from "./profile.ts";
import { decodeUsage } from "./usage.ts";

/** Bytes in, events out; the end mark is not waited for, since not every server sends it. */
export function streamDecoder(defaults: AnswerDefaults): Step<Uint8Array, ChatEvent> {
  return compose(sseDecoder(), new EventDecoder(defaults));
}

/** A block of content that has begun at the provider; its part begins with the first of its text. */
interface OpenBlock {
  type: "text" | "reasoning";
  part?: number;
  /** Of the answer's text, before this block. */
  base: number;
}

interface OpenCall {
  part: number;
  /** Nothing has come, or nothing but a beginning of `null`: the arguments of a tool without parameters. */
  held: string | undefined;
}

class EventDecoder implements Step<SseEvent, ChatEvent> {
  readonly #defaults: AnswerDefaults;
  readonly #blocks = new Map<unknown, OpenBlock>();
  readonly #calls = new Map<unknown, OpenCall>();
  #id: string;
  #next = 0;
  #texts = 0;
  #plan: number | undefined;
  #lastText: OpenBlock | undefined;
  #started = false;
  #called = 0;
  #over = false;
  #out: ChatEvent[] = [];

  constructor(defaults: AnswerDefaults) {
    this.#defaults = defaults;
    this.#id = defaults.id;
  }

  push({ data }: SseEvent): ChatEvent[] {
    const event = this.#over ? undefined : parseJson(data);
    if (!isObject(event)) return [];
    this.#out = [];
    this.#read(event, objectOf(event.delta));
    return this.#out;
  }

  end(): ChatEvent[] {
    return [];
  }

  #read(event: Json, delta: Json): void {
    const message = objectOf(delta.message);
    if (typeof event.type !== "string") return this.#readError(event);
    this.#start(event);
    switch (event.type) {
      case "content-start":
        this.#startBlock(event.index, objectOf(message.content));
        return this.#addContent(event, objectOf(message.content));
      case "content-delta":
        return this.#addContent(event, objectOf(message.content));
      case "content-end":
        return this.#endBlock(event.index);
      case "tool-plan-delta":
        return this.#addPlan(textOf(message.tool_plan));
      case "tool-call-start":
        return this.#startCall(event.index, objectOf(message.tool_calls));
      case "tool-call-delta":
        return this.#addArguments(event.index, objectOf(message.tool_calls));
      case "tool-call-end":
        return this.#endCall(event.index);
      case "citation-start":
        return this.#cite(objectOf(message.citations));
      case "message-end":
        return this.#finish(delta);
    }
  }

  #readError(event: Json): void {
    const said = messageOf(event);
    if (said !== undefined) this.#fail(502, said);
  }

  #fail(status: number, message: string): void {
    this.#over = true;
    this.#out.push({ type: "error", fault: makeFault(status, message) });
  }

  #start(event: Json): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = textOf(event.id) ?? this.#id;
    const { model, created } = this.#defaults;
    this.#out.push({ type: "start", id: this.#id, model, created });
  }

  #startPart(part: Part): number {
    const index = this.#next++;
    this.#out.push({ type: "part-start", choice: 0, index, part });
    return index;
  }

  #add(index: number, delta: string): void {
    this.#out.push({ type: "part-delta", choice: 0, index, delta });
  }

  #endPart(index: number | undefined): void {
    if (index !== undefined) this.#out.push({ type: "part-end", choice: 0, index });
  }

  #startBlock(index: unknown, content: Json): OpenBlock {
    this.#endPlan();
    const thinks = content.type === "thinking" || content.thinking !== undefined;
    const block: OpenBlock = { type: thinks ? "reasoning" : "text", base: this.#texts };
    this.#blocks.set(index, block);
    if (!thinks) this.#lastText = block;
    return block;
  }

  #addContent({ index, logprobs }: Json, content: Json): void {
    const block = this.#blocks.get(index) ?? this.#startBlock(index, content);
    const text = textOf(block.type === "text" ? content.text : content.thinking);
    if (text !== undefined) {
      if (block.type === "text") this.#texts += text.length;
      if (block.part !== undefined) this.#add(block.part, text);
      else block.part = this.#startPart({ type: block.type, content: text });
    }
    const extensions = decodeLogprobs(Array.isArray(logprobs) ? logprobs : [logprobs]);
    if (extensions !== undefined) this.#out.push({ type: "choice", choice: 0, extensions });
  }

  #endBlock(index: unknown): void {
    const block = this.#blocks.get(index);
    if (block === undefined) return;
    this.#endPart(block.part);
    this.#blocks.delete(index);
  }

  #addPlan(text: string | undefined): void {
    if (text === undefined) return;
    if (this.#plan !== undefined) return this.#add(this.#plan, text);
    this.#plan = this.#startPart({ type: "reasoning", content: text, ...extend({ plan: true }) });
  }

  #endPlan(): void {
    this.#endPart(this.#plan);
    this.#plan = undefined;
  }

  #startCall(index: unknown, wire: Json): void {
    this.#endPlan();
    this.#endCall(index);
    const given = textOf(objectOf(wire.function).arguments) ?? "";
    const call = decodeCall(wire, this.#id, this.#called++);
    const part = this.#startPart({ ...call, arguments: "" });
    this.#calls.set(index, { part, held: "" });
    this.#addText(index, given);
  }

  #addArguments(index: unknown, wire: Json): void {
    this.#addText(index, textOf(objectOf(wire.function).arguments) ?? "");
  }

  #addText(index: unknown, text: string): void {
    const call = this.#calls.get(index);
    if (call === undefined || text === "") return;
    if (call.held === undefined) return this.#add(call.part, text);
    call.held += text;
    if ("null".startsWith(call.held)) return;
    this.#add(call.part, call.held);
    call.held = undefined;
  }

  #endCall(index: unknown): void {
    const call = this.#calls.get(index);
    if (call === undefined) return;
    if (call.held === "" || call.held === "null") this.#add(call.part, "{}");
    else if (call.held !== undefined) this.#add(call.part, call.held);
    this.#endPart(call.part);
    this.#calls.delete(index);
  }

  /** A citation comes while its block is open; without an index it is of the latest text. */
  #cite(wire: Json): void {
    const known = this.#blocks.get(wire.content_index);
    const block = known ?? this.#lastText;
    const base = isOfText(wire) ? block?.base ?? 0 : undefined;
    for (const part of decodeCitation(wire, base)) this.#endPart(this.#startPart(part));
  }

  #finish(delta: Json): void {
    const said = textOf(delta.error) ?? textOf(objectOf(delta.error).message);
    const finish = FINISH_REASONS.decode(textOf(delta.finish_reason), this.#called > 0);
    if (said !== undefined) return this.#fail(502, said);
    if (finish.reason === "error" && this.#next === 0) {
      const fault = faultOfFinish(finish.native);
      return this.#fail(fault.status, fault.message);
    }
    for (const index of [...this.#blocks.keys()]) this.#endBlock(index);
    this.#endPlan();
    for (const index of [...this.#calls.keys()]) this.#endCall(index);
    this.#over = true;
    this.#out.push({ type: "finish", choice: 0, ...finish });
    const usage = isObject(delta.usage) ? decodeUsage(delta.usage) : undefined;
    if (usage !== undefined) this.#out.push({ type: "usage", usage });
  }
}
