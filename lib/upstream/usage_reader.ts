/** Reads on the side what an answer in a provider's own words has used; its bytes go on as they came. */
import type { AnswerDefaults, ProviderCodec } from "../chat/codec.ts";
import type { ChatEvent } from "../chat/event.ts";
import type { Part } from "../chat/request.ts";
import type { Usage } from "../chat/response.ts";
import {
  contentLength,
  isEnd,
  mergedUsage,
  toldUsage,
} from "../codecs/other_answers/told_usage.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import type { EmbeddingResponse } from "../embeddings/response.ts";
import { objectOf, parseJson, present } from "../json/fields.ts";
import { sseDecoder, type SseEvent } from "../stream/sse.ts";
import type { Step } from "../stream/step.ts";
import type { Target } from "./target.ts";

/** Takes an answer's bytes in passing. */
export interface UsageReader {
  push(bytes: Uint8Array): void;
  /** What is known once the answer is over, or has broken off; `undefined` where that can't be read. */
  usage(): Usage | undefined;
  /** Characters of the content that has been read. */
  readonly written: number;
  /** The provider has said that nothing follows, though its bytes may not be over. */
  readonly ended: boolean;
}

/** A longer answer that is no stream holds media rather than counts. */
const LONGEST = 8 * 2 ** 20;

/** What reads an answer of this type; `undefined` where nobody can. */
export function usageReader(
  contentType: string,
  { provider: { definition }, model }: Target,
  defaults: AnswerDefaults,
): UsageReader | undefined {
  const { codec, embeddings } = definition;
  const own = codec?.forModel?.(model) ?? codec;
  if (/event-?stream/i.test(contentType)) {
    const events = /^text\//i.test(contentType) ? sseDecoder() : undefined;
    return new StreamReader(own?.streamDecoder(defaults), events);
  }
  if (!/[/+]json\b/i.test(contentType)) return undefined;
  return new WholeReader(own, embeddings?.forModel?.(model) ?? embeddings, defaults);
}

class StreamReader implements UsageReader {
  /** `undefined` where there is none, or it has failed: another protocol of its provider may be none of its. */
  #decoder: Step<Uint8Array, ChatEvent> | undefined;
  /** Shows what others' events have in common; Amazon's frames are none. */
  #events: Step<Uint8Array, SseEvent> | undefined;
  #decoded: Usage | undefined;
  #told: Usage | undefined;
  /** Characters of content, as the decoder shows them, and as others' events do. */
  #shown = 0;
  #said = 0;
  ended = false;

  constructor(
    decoder: Step<Uint8Array, ChatEvent> | undefined,
    events: Step<Uint8Array, SseEvent> | undefined,
  ) {
    this.#decoder = decoder;
    this.#events = events;
  }

  get written(): number {
    return Math.max(this.#shown, this.#said);
  }

  push(bytes: Uint8Array): void {
    this.#decode((decoder) => decoder.push(bytes));
    this.#lookAt((events) => events.push(bytes));
  }

  usage(): Usage | undefined {
    this.#decode((decoder) => decoder.end());
    this.#lookAt((events) => events.end());
    return fuller(this.#decoded, this.#told);
  }

  #decode(read: (decoder: Step<Uint8Array, ChatEvent>) => ChatEvent[]): void {
    if (this.#decoder === undefined) return;
    try {
      for (const event of read(this.#decoder)) this.#take(event);
    } catch {
      this.#decoder = undefined;
    }
  }

  #take(event: ChatEvent): void {
    if (event.type === "usage") this.#decoded = event.usage;
    else if (event.type === "part-start") this.#shown += lengthOf(event.part);
    else if (event.type === "part-delta") this.#shown += event.delta.length;
  }

  #lookAt(read: (events: Step<Uint8Array, SseEvent>) => SseEvent[]): void {
    if (this.#events === undefined) return;
    try {
      for (const { data } of read(this.#events)) this.#lookInto(data);
    } catch {
      this.#events = undefined;
    }
  }

  #lookInto(data: string): void {
    this.ended ||= isEnd(data);
    // What the decoder shows is counted there.
    if (this.#shown > 0 && !data.includes('"usage"')) return;
    const event = objectOf(parseJson(data));
    this.#said += contentLength(event);
    const usage = toldUsage(event);
    if (usage !== undefined) this.#told = mergedUsage(this.#told, usage);
  }
}

/** The greater of two counts: a protocol that only resembles the one that is read may show half of them there. */
export function fuller(decoded: Usage | undefined, told: Usage | undefined): Usage | undefined {
  if (decoded === undefined || told === undefined) return decoded ?? told;
  return told.inputTokens + told.outputTokens > decoded.inputTokens + decoded.outputTokens
    ? told
    : decoded;
}

function lengthOf(part: Part): number {
  return part.type === "text" || part.type === "reasoning" ? part.content.length : 0;
}

class WholeReader implements UsageReader {
  readonly #chat: ProviderCodec | undefined;
  readonly #vectors: EmbeddingCodec | undefined;
  readonly #defaults: AnswerDefaults;
  readonly #utf8 = new TextDecoder();
  #text = "";
  written = 0;
  ended = false;

  constructor(
    chat: ProviderCodec | undefined,
    vectors: EmbeddingCodec | undefined,
    defaults: AnswerDefaults,
  ) {
    this.#chat = chat;
    this.#vectors = vectors;
    this.#defaults = defaults;
  }

  push(bytes: Uint8Array): void {
    if (this.#text.length <= LONGEST) this.#text += this.#utf8.decode(bytes, { stream: true });
  }

  usage(): Usage | undefined {
    if (this.#text.length > LONGEST) return undefined;
    return attempted(() => this.#ofChat()) ?? attempted(() => this.#ofVectors()) ??
      toldUsage(objectOf(parseJson(this.#text)));
  }

  #ofChat(): Usage | undefined {
    const answer = this.#chat?.decodeResponse(lastOf(this.#text), this.#defaults);
    const parts = answer?.choices.flatMap(({ parts }) => parts) ?? [];
    this.written = parts.reduce((sum, part) => sum + lengthOf(part), 0);
    return answer?.usage;
  }

  #ofVectors(): Usage | undefined {
    const headers = { get: () => null };
    const answer = this.#vectors?.decodeResponse(this.#text, this.#defaults, headers);
    return answer && usageOfVectors(answer);
  }
}

/** A stream may come as an array, as Google's do unless they are asked for as events: its last element counts for all. */
function lastOf(text: string): string {
  if (!/^\s*\[/.test(text)) return text;
  const elements = parseJson(text);
  return Array.isArray(elements) ? JSON.stringify(elements.at(-1)) ?? "" : text;
}

/** Vectors are read, and nothing is written. */
export function usageOfVectors(
  { inputTokens, statedCost }: EmbeddingResponse,
): Usage | undefined {
  if (inputTokens === undefined) return undefined;
  return { inputTokens, outputTokens: 0, totalTokens: inputTokens, ...present({ statedCost }) };
}

/** What is no answer of this protocol may be one of the other. */
function attempted(read: () => Usage | undefined): Usage | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
