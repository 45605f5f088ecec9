/** Neutral events → OpenAI's stream: `data:` lines of chunks, the counts on the last, then `[DONE]`. */
import type { StreamWishes } from "../../chat/codec.ts";
import type {
  AnswerEvent,
  ChatEvent,
  EventOfChoice,
  PartDeltaEvent,
  StartEvent,
} from "../../chat/event.ts";
import { type Usage, withCost } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import type { Step } from "../../stream/step.ts";
import { ChoiceEncoder } from "./choice_encoder.ts";
import { encodeStreamError } from "./encode_error.ts";
import { extensionOf } from "./extension.ts";
import type { Json } from "../../json/fields.ts";
import { quote } from "../../json/quote.ts";
import { DONE } from "./stream_editor.ts";
import { encodeUsage } from "./usage.ts";
import type { WireChunk } from "./wire.ts";

/** One text per chunk. `end()` gives the counts, if wished, and `[DONE]`; not after an error. */
export function streamEncoder(wishes: StreamWishes): Step<ChatEvent, string> {
  return new StreamEncoder(wishes);
}

/** What stands around the words of a chunk. */
interface TextFrame {
  before: string;
  after: string;
}

/** Stands for the words where a frame is made; nothing after it in a chunk looks like it. */
const PLACE = "words";
const PLACE_JSON = quote(PLACE);

class StreamEncoder implements Step<ChatEvent, string> {
  readonly #wishes: StreamWishes;
  readonly #choices = new Map<number, ChoiceEncoder>();
  #head: Pick<StartEvent, "id" | "created" | "model"> = { id: "", created: 0, model: "" };
  /** Said about the whole answer; it rides on the next chunk. */
  #news: Json | undefined;
  /** What stands around the words of an ordinary chunk, for each choice. */
  readonly #frames = new Map<number, TextFrame>();
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
        return this.#learn(event);
      case "answer":
        return this.#learn(event);
      case "usage":
        this.#usage = event.usage;
        return [];
      case "error":
        this.#failed = true;
        return [
          encodeStreamError(new GatewayError(2120, event.fault.message, { fault: event.fault })),
        ];
      case "part-delta":
        return this.#isWords(event) ? [this.#words(event)] : this.#chunks(event);
      default:
        return this.#chunks(event);
    }
  }

  #learn(event: StartEvent | AnswerEvent): string[] {
    const news = extensionOf(event);
    if (Object.keys(news).length > 0) this.#news = { ...this.#news, ...news };
    return [];
  }

  #chunks(event: EventOfChoice): string[] {
    return this.#choice(event.choice).encode(event).map((choice) => this.#write([choice]));
  }

  #isWords({ choice, index }: PartDeltaEvent): boolean {
    return this.#news === undefined && this.#choice(choice).continuesText(index);
  }

  /** The commonest chunk there is: only its words are written, around them is always the same. */
  #words({ choice, delta, quoted }: PartDeltaEvent): string {
    let frame = this.#frames.get(choice);
    if (frame === undefined) {
      const whole = this.#write([this.#choice(choice).words(PLACE)]);
      const at = whole.lastIndexOf(PLACE_JSON);
      frame = { before: whole.slice(0, at), after: whole.slice(at + PLACE_JSON.length) };
      this.#frames.set(choice, frame);
    }
    return frame.before + (quoted ?? quote(delta)) + frame.after;
  }

  end(): string[] {
    if (this.#failed) return [];
    const usage = this.#wishes.usage && this.#usage !== undefined
      ? encodeUsage(withCost(this.#usage, this.#wishes.cost))
      : undefined;
    const owed = usage !== undefined || this.#news !== undefined;
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
    this.#news = undefined;
    return `data: ${JSON.stringify(chunk)}\n\n`;
  }
}
