/** Reads on the side what an answer in a provider's own words has used; its bytes go on as they came. */
import type { AnswerDefaults, ProviderCodec } from "../chat/codec.ts";
import type { ChatEvent } from "../chat/event.ts";
import type { Usage } from "../chat/response.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import type { EmbeddingResponse } from "../embeddings/response.ts";
import { present } from "../json/fields.ts";
import type { Step } from "../stream/step.ts";
import type { Target } from "./target.ts";

/** Takes an answer's bytes in passing. */
export interface UsageReader {
  push(bytes: Uint8Array): void;
  /** What is known once the answer is over, or has broken off; `undefined` where that can't be read. */
  usage(): Usage | undefined;
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
    return own === undefined ? undefined : new StreamReader(own.streamDecoder(defaults));
  }
  if (!/[/+]json\b/i.test(contentType)) return undefined;
  return new WholeReader(own, embeddings?.forModel?.(model) ?? embeddings, defaults);
}

class StreamReader implements UsageReader {
  readonly #decoder: Step<Uint8Array, ChatEvent>;
  #usage: Usage | undefined;
  #failed = false;

  constructor(decoder: Step<Uint8Array, ChatEvent>) {
    this.#decoder = decoder;
  }

  push(bytes: Uint8Array): void {
    if (this.#failed) return;
    this.#read(() => this.#decoder.push(bytes));
  }

  usage(): Usage | undefined {
    if (!this.#failed) this.#read(() => this.#decoder.end());
    return this.#usage;
  }

  /** Another protocol of the same provider may be none of this decoder's. */
  #read(decode: () => ChatEvent[]): void {
    try {
      for (const event of decode()) if (event.type === "usage") this.#usage = event.usage;
    } catch {
      this.#failed = true;
    }
  }
}

class WholeReader implements UsageReader {
  readonly #chat: ProviderCodec | undefined;
  readonly #vectors: EmbeddingCodec | undefined;
  readonly #defaults: AnswerDefaults;
  readonly #utf8 = new TextDecoder();
  #text = "";

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
    return attempted(() => this.#chat?.decodeResponse(this.#text, this.#defaults).usage) ??
      attempted(() => this.#ofVectors());
  }

  #ofVectors(): Usage | undefined {
    const headers = { get: () => null };
    const answer = this.#vectors?.decodeResponse(this.#text, this.#defaults, headers);
    return answer && usageOfVectors(answer);
  }
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
