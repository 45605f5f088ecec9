import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import { isObject, type Json, objectsOf, restOf, textOf } from "../../json/fields.ts";
import { CandidateDecoder } from "./candidate_decoder.ts";
import { extend } from "./extension.ts";
import { errorOf, readFault } from "./faults.ts";
import { decodeUsage } from "./usage.ts";

const ANSWER = new Set(["candidates", "usageMetadata", "modelVersion", "responseId"]);

/** Reads one answer, whole or in as many pieces as its stream has events: both have the same shape. */
export class AnswerDecoder {
  readonly #defaults: AnswerDefaults;
  readonly #candidates = new Map<number, CandidateDecoder>();
  readonly #said = new Map<string, string>();
  #answerId = "";
  #usage: Json | undefined;
  #blocked: Json | undefined;
  #started = false;
  #over = false;

  constructor(defaults: AnswerDefaults) {
    this.#defaults = defaults;
  }

  /** Adds the events of one piece to `out`. */
  read(piece: unknown, out: ChatEvent[]): void {
    if (this.#over) return;
    const error = errorOf(piece);
    if (error !== undefined) return this.fail(readFault(error), out);
    if (!isObject(piece)) return;
    this.#head(piece, out);
    if (isObject(piece.promptFeedback) && textOf(piece.promptFeedback.blockReason)) {
      this.#blocked = piece.promptFeedback;
    }
    for (const [at, candidate] of objectsOf(piece.candidates).entries()) {
      this.#candidate(candidate.index, at).read(candidate, out);
    }
    if (isObject(piece.usageMetadata)) this.#count(piece.usageMetadata);
  }

  /** The provider failed: nothing follows. */
  fail(fault: ReturnType<typeof readFault>, out: ChatEvent[]): void {
    if (this.#over) return;
    this.#over = true;
    out.push({ type: "error", fault });
  }

  /** Ends the answer. In a whole one all candidates are over, also those that don't say so. */
  end(out: ChatEvent[], whole: boolean): void {
    if (this.#over || !this.#started) return;
    this.#over = true;
    if (this.#blocked !== undefined && this.#candidates.size === 0) refuse(this.#blocked, out);
    if (whole && this.#blocked === undefined && this.#candidates.size === 0) {
      this.#candidate(0, 0);
    }
    for (const candidate of this.#candidates.values()) candidate.end(out, whole);
    if (this.#usage !== undefined) out.push({ type: "usage", usage: decodeUsage(this.#usage) });
  }

  /** Counts grow; a piece that names only some of them says nothing of the others. */
  #count(counts: Json): void {
    this.#usage ??= {};
    for (const key of Object.keys(counts)) {
      const value = counts[key];
      if (value !== null && value !== undefined) this.#usage[key] = value;
    }
  }

  #candidate(given: unknown, position: number): CandidateDecoder {
    const index = typeof given === "number" ? given : position;
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      this.#candidates.set(index, candidate = new CandidateDecoder(index, this.#answerId));
    }
    return candidate;
  }

  #head(piece: Json, out: ChatEvent[]): void {
    const { extensions } = extend(this.#news(piece));
    if (this.#started) {
      if (extensions !== undefined) out.push({ type: "answer", extensions });
      return;
    }
    this.#started = true;
    const { id, model, created } = this.#defaults;
    this.#answerId = textOf(piece.responseId) ?? id;
    out.push({
      type: "start",
      id: this.#answerId,
      model: textOf(piece.modelVersion) ?? model,
      created: secondsOf(piece.createTime) ?? created,
      ...(extensions && { extensions }),
    });
  }

  /** Vertex repeats what it says of the whole answer on every event. */
  #news(piece: Json): Json {
    const news: Json = {};
    for (const [key, value] of Object.entries(restOf(piece, ANSWER))) {
      const json = JSON.stringify(value);
      if (this.#said.get(key) === json) continue;
      this.#said.set(key, json);
      news[key] = value;
    }
    return news;
  }
}

/** Google answers 200 without candidates to a prompt it will not take. */
function refuse(feedback: Json, out: ChatEvent[]): void {
  const reason = String(feedback.blockReason);
  const content = textOf(feedback.blockReasonMessage) ?? reason;
  const place = { choice: 0, index: 0 };
  out.push(
    { type: "part-start", ...place, part: { type: "refusal", content } },
    { type: "part-end", ...place },
    { type: "finish", choice: 0, reason: "content_filter", native: reason },
  );
}

function secondsOf(time: unknown): number | undefined {
  const milliseconds = typeof time === "string" ? Date.parse(time) : NaN;
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
