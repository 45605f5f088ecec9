/** OpenAI's stream → Workers AI's, event by event: what its older form can't say keeps OpenAI's. */
import type { ChatEvent } from "../../chat/event.ts";
import { GatewayError } from "../../errors.ts";
import { isObject, type Json, objectOf } from "../../json/fields.ts";
import { encodeEvent } from "../../stream/sse.ts";
import type { Step } from "../../stream/step.ts";
import { encodeStreamError } from "./fault.ts";
import { isBare, onlyChoice, plainWords } from "./native_answer.ts";

/** Events in, texts out, from an encoder of OpenAI's streams that counts at the end. */
export function nativeStream(chat: Step<ChatEvent, string>): Step<ChatEvent, string> {
  return new NativeEvents(chat);
}

class NativeEvents implements Step<ChatEvent, string> {
  readonly #chat: Step<ChatEvent, string>;
  #native = false;
  #failed = false;

  constructor(chat: Step<ChatEvent, string>) {
    this.#chat = chat;
  }

  push(event: ChatEvent): string[] {
    if (this.#failed) return [];
    if (event.type !== "error") return this.#rewrite(this.#chat.push(event));
    this.#failed = true;
    const { fault } = event;
    return [encodeStreamError(new GatewayError(2120, fault.message, { fault }))];
  }

  end(): string[] {
    return this.#failed ? [] : this.#rewrite(this.#chat.end());
  }

  #rewrite(texts: string[]): string[] {
    return texts.flatMap((text) => text.startsWith("data: {") ? this.#chunk(text) : [text]);
  }

  #chunk(text: string): string[] {
    const chunk = JSON.parse(text.slice("data: ".length)) as Json;
    const { choices, usage } = chunk;
    if (Array.isArray(choices) && choices.length === 0 && isObject(usage)) {
      // Beside an answer in OpenAI's words its counts stay in them.
      return this.#native && isBare(chunk) ? [write({ response: "", usage })] : [text];
    }
    const choice = onlyChoice(chunk);
    if (choice === undefined) return [text];
    const words = plainWords(objectOf(choice.delta));
    if (words === undefined) return [text];
    if (choice.finish_reason !== null) return this.#finish(choice.finish_reason, text);
    this.#native = true;
    return [write(Object.keys(words).length === 0 ? { response: "" } : words)];
  }

  /** An end like any other goes without saying. */
  #finish(reason: unknown, text: string): string[] {
    return this.#native && (reason === "stop" || reason === "tool_calls") ? [] : [text];
  }
}

function write(value: Json): string {
  return encodeEvent({ data: JSON.stringify(value) });
}
