/**
 * Any OpenAI-like provider's stream of chunks → one that is valid against OpenAI's own schema and order:
 * one id, time and model; the role once; tool calls numbered; one finish a choice, after which nothing
 * comes; the counts, if wanted, on one chunk at the very end.
 */
import type { AnswerDefaults, StreamWishes } from "../../chat/codec.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { Edits } from "./edits.ts";
import { ChoiceRepair } from "./repair_chunk_choice.ts";
import { repairEnvelope } from "./repair_fields.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { dropNoise, settleCreated } from "./repair_response.ts";
import { annotationsFor, SOURCE_MEMBERS } from "./sources.ts";
import { decodeUsage } from "./usage.ts";
import { findUsage, mergeUsage, repairUsage, type WireUsage } from "./repair_usage.ts";

/** A chunk to send on; `text` is the provider's own where the chunk needed no repair. */
export interface RepairedChunk {
  chunk: Json;
  text?: string;
}

/** Members that every chunk has of its own, so that they never travel to another one. */
export const CHUNK_MEMBERS = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "obfuscation",
]);

/** Repairs one stream; `end()` only where the answer is complete. */
export class ChunkRepair {
  readonly #profile: OpenAIChatProfile;
  readonly #defaults: AnswerDefaults;
  readonly #wishes: StreamWishes;
  readonly #choices = new Map<number, ChoiceRepair>();
  #head: { id: string; created: number; model: string } | undefined;
  #usage: Json | undefined;
  /** What came on chunks that had nothing else to say; it rides on the next one. */
  #carried: Json = {};
  #held: RepairedChunk[] = [];
  /** The sources named last: Perplexity repeats them on every chunk, and they belong to the end. */
  #sources: Json = {};
  /** Something a reader would notice has come. */
  content = false;

  constructor(profile: OpenAIChatProfile, defaults: AnswerDefaults, wishes: StreamWishes) {
    this.#profile = profile;
    this.#defaults = defaults;
    this.#wishes = wishes;
  }

  /** The last counts, in OpenAI's form. */
  get usage(): WireUsage | undefined {
    return this.#usage && repairUsage(this.#usage);
  }

  get model(): string | undefined {
    return this.#head?.model;
  }

  /** Whether any choice has begun. */
  get begun(): boolean {
    return this.#choices.size > 0;
  }

  /** Whether every choice that began has said why it ended. */
  get finished(): boolean {
    return this.begun && [...this.#choices.values()].every((choice) => choice.finished);
  }

  /** Whether that a choice ended is a guess. */
  isDoubtful(index: number): boolean {
    return this.#choice(index).doubtful;
  }

  /** Takes one parsed chunk, which is edited in place, and its text. */
  push(chunk: Json, text?: string): RepairedChunk[] {
    const edits = new Edits();
    this.#takeUsage(edits, chunk);
    this.#takeSources(edits, chunk);
    const choices = objectsOf(chunk.choices);
    if (choices.length === 0) {
      // No choice, no place in the order: Azure's first chunk even comes without an id.
      this.#carry(chunk);
      return [];
    }
    if (choices.length !== (chunk.choices as unknown[]).length) {
      edits.set(chunk, "choices", choices);
    }
    this.#repairHead(edits, chunk);
    dropNoise(edits, this.#profile, chunk, choices);
    for (const [at, choice] of choices.entries()) this.#repairChoice(edits, choice, at);
    const ends = choices.filter((choice) => choice.finish_reason !== null);
    if (ends.length > 0) return this.#holdEnds(edits, chunk, choices, ends, text);
    return [this.#release(edits, chunk, text)];
  }

  /** The answer is complete: everything that was held back. Choices without a reason get one. */
  end(): RepairedChunk[] {
    const out: RepairedChunk[] = [];
    for (const [index, choice] of this.#choices) {
      const owed = choice.end((text) => annotationsFor(this.#sources, text));
      if (owed !== undefined) out.push({ chunk: this.#makeChunk(index, owed, null) });
    }
    this.#carried = { ...this.#carried, ...this.#sources };
    const settled = new Set<number>();
    for (const held of this.#held) out.push(...this.#settleEnd(held, settled));
    for (const [index, choice] of this.#choices) {
      if (!settled.has(index)) out.push({ chunk: this.#makeChunk(index, {}, choice.reason) });
    }
    const { usage } = this;
    if (this.#wishes.usage && usage !== undefined) {
      const { usage: _, ...frame } = this.#frame();
      out.push({ chunk: { ...frame, choices: [], usage: this.#told(usage), ...this.#carried } });
    }
    return out;
  }

  /** The counts with what they cost, for whoever asked. */
  #told(usage: WireUsage): WireUsage {
    const { cost } = this.#wishes;
    return cost === undefined ? usage : { ...usage, cost: cost(decodeUsage(usage)) };
  }

  #choice(index: number): ChoiceRepair {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      const answerId = this.#head?.id ?? this.#defaults.id;
      choice = new ChoiceRepair(index, answerId, this.#profile.thinkTags === true);
      this.#choices.set(index, choice);
    }
    return choice;
  }

  #repairChoice(edits: Edits, choice: Json, at: number): void {
    if (!Number.isInteger(choice.index)) edits.set(choice, "index", at);
    const state = this.#choice(choice.index as number);
    if (state.repair(edits, choice)) this.content = true;
  }

  /** Sends on what a chunk with a finish also says, and keeps the finish until the end. */
  #holdEnds(
    edits: Edits,
    chunk: Json,
    choices: Json[],
    ends: Json[],
    text?: string,
  ): RepairedChunk[] {
    const speaks = choices.some((choice) => this.#choice(choice.index as number).hasPayload);
    if (ends.length === choices.length && !speaks) {
      this.#held.push({ chunk, text: edits.changed ? undefined : text });
      return [];
    }
    const bare = ends.map((choice) => ({ ...choice, delta: {}, logprobs: null }));
    this.#held.push({ chunk: { ...this.#frame(), choices: bare } });
    for (const choice of ends) choice.finish_reason = null;
    edits.changed = true;
    return [this.#release(edits, chunk, text)];
  }

  #settleEnd(held: RepairedChunk, settled: Set<number>): RepairedChunk[] {
    const edits = new Edits();
    const choices = objectsOf(held.chunk.choices).filter(({ index }) =>
      !settled.has(index as number)
    );
    if (choices.length === 0) {
      this.#carry(held.chunk);
      return [];
    }
    if (choices.length !== (held.chunk.choices as unknown[]).length) {
      edits.set(held.chunk, "choices", choices);
    }
    for (const choice of choices) {
      settled.add(choice.index as number);
      this.#choice(choice.index as number).settleEnd(edits, choice);
    }
    return [this.#release(edits, held.chunk, held.text)];
  }

  #release(edits: Edits, chunk: Json, text?: string): RepairedChunk {
    for (const choice of objectsOf(chunk.choices)) {
      this.#choice(choice.index as number).settleRole(edits, objectOf(choice.delta));
    }
    for (const [key, value] of Object.entries(this.#carried)) {
      if (!(key in chunk)) edits.set(chunk, key, value);
    }
    this.#carried = {};
    if (!this.#wishes.usage || "usage" in chunk) {
      return { chunk, text: edits.changed ? undefined : text };
    }
    chunk.usage = null;
    // Written into the text, so that a chunk which is right otherwise need not be written anew.
    const end = edits.changed ? -1 : text?.lastIndexOf("}") ?? -1;
    return { chunk, text: end < 0 ? undefined : `${text?.slice(0, end)},"usage":null}` };
  }

  #makeChunk(index: number, delta: Json, reason: string | null): Json {
    this.#choice(index).settleRole(new Edits(), delta);
    return { ...this.#frame(), choices: [{ index, delta, logprobs: null, finish_reason: reason }] };
  }

  /** The members every chunk begins with. */
  #frame(): Json {
    const { id, created, model } = this.#head ?? this.#defaults;
    const usage = this.#wishes.usage ? { usage: null } : {};
    return { id, object: "chat.completion.chunk", created, model, ...usage };
  }

  #repairHead(edits: Edits, chunk: Json): void {
    this.#head ??= {
      id: textOf(chunk.id) ?? this.#defaults.id,
      created: settleCreated(chunk.created, this.#defaults.created),
      model: textOf(chunk.model) ?? this.#defaults.model,
    };
    edits.set(chunk, "id", this.#head.id);
    edits.set(chunk, "object", "chat.completion.chunk");
    edits.set(chunk, "created", this.#head.created);
    edits.set(chunk, "model", this.#head.model);
    repairEnvelope(edits, chunk);
  }

  #takeUsage(edits: Edits, chunk: Json): void {
    const usage = findUsage(chunk);
    if (usage !== undefined) {
      this.#usage = this.#usage === undefined ? usage : mergeUsage(this.#usage, usage);
    }
    for (const choice of objectsOf(chunk.choices)) edits.drop(choice, "usage");
    if (isObject(chunk.x_groq)) edits.drop(chunk.x_groq, "usage");
    if (!this.#wishes.usage) edits.drop(chunk, "usage");
    else if (isObject(chunk.usage)) edits.set(chunk, "usage", null);
  }

  #takeSources(edits: Edits, chunk: Json): void {
    for (const key of SOURCE_MEMBERS) {
      if (!(key in chunk)) continue;
      if (Array.isArray(chunk[key])) this.#sources[key] = chunk[key];
      edits.drop(chunk, key);
    }
  }

  #carry(chunk: Json): void {
    repairEnvelope(new Edits(), chunk);
    for (const [key, value] of Object.entries(chunk)) {
      if (!CHUNK_MEMBERS.has(key) && value !== null) this.#carried[key] = value;
    }
  }
}
