import type { ChatEvent } from "../../chat/event.ts";
import { PartEvents } from "../../chat/part_events.ts";
import { decodeCalls, decodeCitation, decodeImages } from "./answer_parts.ts";
import { makeCallId } from "../../chat/call_id.ts";
import { choiceRest, decodeNative } from "./decode_response.ts";
import { extend } from "./extension.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  restOf,
  textOf,
} from "../../json/fields.ts";
import { decodeFinishReason } from "./finish_reason.ts";
import { decodeDetail } from "./reasoning.ts";

const NONE = new Set<string>();

/** The part that text is added to; another kind of text closes it. */
interface OpenText {
  kind: string;
  index: number;
}

interface OpenCall {
  index: number;
  arguments: string;
  closed: boolean;
}

/** Reads one choice of a repaired stream. */
export class ChoiceDecoder {
  readonly #choice: number;
  readonly #parts: PartEvents;
  readonly #answerId: string;
  readonly #calls = new Map<number, OpenCall>();
  #details = 0;
  #open: OpenText | undefined;
  #speech: number | undefined;
  #transcript: Json = {};

  constructor(choice: number, answerId: string) {
    this.#choice = choice;
    this.#parts = new PartEvents(this.#choice);
    this.#answerId = answerId;
  }

  /** Adds the events of one choice of a chunk to `out`; `doubtful`: that it ends, if it does, is a guess. */
  read(choice: Json, doubtful: boolean, out: ChatEvent[]): void {
    const delta = objectOf(choice.delta);
    this.#readReasoning(delta, out);
    this.#text("text", textOf(delta.content), out);
    this.#text("refusal", textOf(delta.refusal), out);
    for (const annotation of objectsOf(delta.annotations)) {
      this.#parts.whole(decodeCitation(annotation), out);
    }
    this.#readSpeech(delta.audio, out);
    for (const image of decodeImages(delta.images)) this.#parts.whole(image, out);
    for (const call of objectsOf(delta.tool_calls)) this.#readCall(call, out);
    if (isObject(delta.function_call)) this.#readLegacyCall(delta.function_call, out);
    const { extensions } = extend(choiceRest(choice, delta));
    if (extensions !== undefined) out.push({ type: "choice", choice: this.#choice, extensions });
    if (typeof choice.finish_reason === "string") {
      this.#finish(choice, choice.finish_reason, doubtful, out);
    }
  }

  #closeText(out: ChatEvent[]): void {
    if (this.#open !== undefined) this.#parts.end(this.#open.index, out);
    this.#open = undefined;
  }

  #text(
    type: "text" | "refusal" | "reasoning",
    content: string | undefined,
    out: ChatEvent[],
  ): void {
    if (content === undefined) return;
    if (this.#open?.kind === type) {
      out.push({
        type: "part-delta",
        choice: this.#choice,
        index: this.#open.index,
        delta: content,
      });
      return;
    }
    this.#closeText(out);
    this.#open = { kind: type, index: this.#parts.start({ type, content }, out) };
  }

  #readReasoning(delta: Json, out: ChatEvent[]): void {
    const details = objectsOf(delta.reasoning_details);
    const readable = details.some((detail) => textOf(detail.text) ?? textOf(detail.summary));
    if (!readable) this.#text("reasoning", textOf(delta.reasoning_content), out);
    for (const detail of details) this.#readDetail(detail, out);
  }

  /** Deltas of one detail share its index; its signature often comes last, alone. */
  #readDetail(detail: Json, out: ChatEvent[]): void {
    const kind = `detail ${detail.index ?? ""} ${detail.type ?? ""}`;
    const part = decodeDetail(
      detail,
      this.#open?.kind === kind ? this.#details - 1 : this.#details,
    );
    if (this.#open?.kind === kind && part.redacted !== true) {
      const signature = part.signature === undefined ? {} : { signature: part.signature };
      const { index } = this.#open;
      out.push({
        type: "part-delta",
        choice: this.#choice,
        index,
        delta: part.content,
        ...signature,
      });
      return;
    }
    this.#closeText(out);
    this.#details++;
    this.#open = { kind, index: this.#parts.start(part, out) };
  }

  /** Id, transcript and expiry come one after the other; each event holds what is known by then. */
  #readSpeech(audio: unknown, out: ChatEvent[]): void {
    if (!isObject(audio)) return;
    const { data, ...news } = audio;
    const before = textOf(this.#transcript.transcript) ?? "";
    this.#transcript = { ...this.#transcript, ...restOf(news, NONE) };
    if (typeof news.transcript === "string") this.#transcript.transcript = before + news.transcript;
    const delta = textOf(data) ?? "";
    const said = extend({ speech: { ...this.#transcript } });
    if (this.#speech === undefined) {
      this.#closeText(out);
      this.#speech = this.#parts.start(
        { type: "blob", modality: "audio", content: delta, ...said },
        out,
      );
      return;
    }
    out.push({ type: "part-delta", choice: this.#choice, index: this.#speech, delta, ...said });
  }

  #readCall(call: Json, out: ChatEvent[]): void {
    const position = Number(call.index);
    const open = this.#calls.get(position);
    const args = objectOf(call.function).arguments ?? objectOf(call.custom).input;
    if (open !== undefined) return this.#addArguments(open, textOf(args), out);
    this.#closeText(out);
    this.#closeCalls(false, out);
    const [part] = decodeCalls({ tool_calls: [call] }, "");
    if (part === undefined) return;
    const index = this.#parts.start(part, out);
    this.#calls.set(position, { index, arguments: part.arguments, closed: false });
  }

  #addArguments(open: OpenCall, delta: string | undefined, out: ChatEvent[]): void {
    if (delta === undefined || open.closed) return;
    open.arguments += delta;
    out.push({ type: "part-delta", choice: this.#choice, index: open.index, delta });
  }

  /** Arguments come in pieces without an id: there is only one such call. */
  #readLegacyCall(call: Json, out: ChatEvent[]): void {
    const open = this.#calls.get(-1);
    if (open !== undefined) return this.#addArguments(open, textOf(call.arguments), out);
    this.#closeText(out);
    const [part] = decodeCalls(
      { function_call: call },
      makeCallId(this.#answerId, this.#choice, 0),
    );
    if (part === undefined) return;
    this.#calls.set(-1, {
      index: this.#parts.start(part, out),
      arguments: part.arguments,
      closed: false,
    });
  }

  /** Calls may overlap, but one whose arguments are complete is over when the next begins. */
  #closeCalls(all: boolean, out: ChatEvent[]): void {
    for (const call of this.#calls.values()) {
      if (call.closed || !(all || parseJson(call.arguments) !== undefined)) continue;
      call.closed = true;
      this.#parts.end(call.index, out);
    }
  }

  #finish(choice: Json, reason: string, doubtful: boolean, out: ChatEvent[]): void {
    this.#closeText(out);
    if (this.#speech !== undefined) this.#parts.end(this.#speech, out);
    this.#closeCalls(true, out);
    const { nativeFinishReason: native } = decodeNative(choice, reason);
    out.push({
      type: "finish",
      choice: this.#choice,
      reason: decodeFinishReason(reason),
      ...(native !== undefined && { native }),
      ...(doubtful && { doubtful }),
    });
  }
}
