/** Neutral events → OpenAI's stream: `data:` lines of chunks, the counts on the last, then `[DONE]`. */
import type { StreamWishes } from "../../chat/codec.ts";
import type { ChatEvent, StartEvent } from "../../chat/event.ts";
import type { Usage } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import type { Step } from "../../stream/step.ts";
import { ChoiceEncoder } from "./choice_encoder.ts";
import { encodeStreamError } from "./encode_error.ts";
import { extensionOf } from "./extension.ts";
import type { Json } from "../../json/fields.ts";
import { DONE } from "./stream_editor.ts";
import { encodeUsage } from "./usage.ts";
import type { WireChunk } from "./wire.ts";

/** One text per chunk. `end()` gives the counts, if wished, and `[DONE]`; not after an error. */
export function streamEncoder(wishes: StreamWishes): Step<ChatEvent, string> {
  return new StreamEncoder(wishes);
}

class StreamEncoder implements Step<ChatEvent, string> {
  readonly #wishes: StreamWishes;
  readonly #choices = new Map<number, ChoiceEncoder>();
  #head: Pick<StartEvent, "id" | "created" | "model"> = { id: "", created: 0, model: "" };
  /** Said about the whole answer; it rides on the next chunk. */
  #news: Json = {};
  #usage: Usage | undefined;
  #failed = false;

  constructor(wishes: StreamWishes) {
    this.#wishes = wishes;
  }

  push(event: ChatEvent): string[] {
    if (this.#failed) return [];
    switch (event.type) {
      case "start":
        this.#head = { id: event.id, created: event.created, model: event.model };
        this.#news = { ...extensionOf(event) };
        return [];
      case "answer":
        Object.assign(this.#news, extensionOf(event));
        return [];
      case "usage":
        this.#usage = event.usage;
        return [];
      case "error":
        this.#failed = true;
        return [
          encodeStreamError(new GatewayError(2120, event.fault.message, { fault: event.fault })),
        ];
      default:
        return this.#choice(event.choice).encode(event).map((choice) => this.#write([choice]));
    }
  }

  end(): string[] {
    if (this.#failed) return [];
    const usage = this.#wishes.usage && this.#usage !== undefined
      ? encodeUsage(this.#usage)
      : undefined;
    const owed = usage !== undefined || Object.keys(this.#news).length > 0;
    return owed ? [this.#write([], usage), DONE] : [DONE];
  }

  #choice(index: number): ChoiceEncoder {
    let choice = this.#choices.get(index);
    if (choice === undefined) this.#choices.set(index, choice = new ChoiceEncoder(index));
    return choice;
  }

  #write(choices: WireChunk["choices"], usage: unknown = null): string {
    const chunk: WireChunk = {
      id: this.#head.id,
      object: "chat.completion.chunk",
      created: this.#head.created,
      model: this.#head.model,
      choices,
      ...(this.#wishes.usage && { usage }),
      ...this.#news,
    };
    this.#news = {};
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }
}
