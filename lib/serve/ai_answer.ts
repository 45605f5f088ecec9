/**
 * What a Worker's AI binding answers, in the shape that the provider's REST address gives it: newer models
 * answer like OpenAI already, older ones in Workers AI's own way,
 * https://developers.cloudflare.com/workers-ai/models/.
 */
import { EventBlocks, parseEvents } from "../stream/sse.ts";
import type { Step } from "../stream/step.ts";

/** The own way: the tool calls have no ids, and nothing says why the answer ended. */
interface Native {
  response?: unknown;
  tool_calls?: readonly NativeCall[];
  usage?: unknown;
}

type NativeCall = { name: string; arguments: unknown } | { id: string; function: object };

/** A whole answer, from either form. */
export function openaiAnswer(text: string): string {
  const answer = JSON.parse(text);
  if (!isObject(answer) || "choices" in answer) return text;
  const { response, usage, ...native } = answer as Native;
  const calls = openaiCalls(native);
  const message = {
    role: "assistant",
    content: contentOf(response),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const finish_reason = calls.length > 0 ? "tool_calls" : "stop";
  return JSON.stringify({
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason }],
    usage,
  });
}

/** A JSON answer comes as an object, which OpenAI writes as text. */
function contentOf(response: unknown): string | null {
  if (response === undefined || response === null) return null;
  return typeof response === "object" ? JSON.stringify(response) : String(response);
}

function openaiCalls({ tool_calls }: Native, first = 0): object[] {
  return (tool_calls ?? []).map((call, at) => {
    if ("function" in call) return { index: first + at, type: "function", ...call };
    const { name, arguments: given } = call;
    const args = typeof given === "string" ? given : JSON.stringify(given ?? {});
    const id = `call_${first + at}`;
    return { index: first + at, id, type: "function", function: { name, arguments: args } };
  });
}

/** An error's text: the binding's `{internalCode, description}` as OpenAI's. */
export function openaiError(text: string): string {
  try {
    const { internalCode, description, message } = JSON.parse(text);
    if (internalCode === undefined) return text;
    return JSON.stringify({ error: { message: description ?? message, code: internalCode } });
  } catch {
    return text;
  }
}

/** A stream's text, event by event, from either form. */
export class OpenaiEvents implements Step<string, string> {
  readonly #blocks = new EventBlocks();
  #calls = 0;
  #native = false;
  #finished = false;

  push(piece: string): string[] {
    return this.#translate(this.#blocks.push(piece));
  }

  end(): string[] {
    return this.#translate(this.#blocks.end());
  }

  #translate(block: string): string[] {
    if (block === "") return [];
    return [parseEvents(block).map(({ data }) => this.#event(data)).join("")];
  }

  #event(data: string): string {
    if (data === "[DONE]") return this.#finish() + "data: [DONE]\n\n";
    const event = JSON.parse(data);
    if (!isObject(event) || !("response" in event || "tool_calls" in event)) {
      return `data: ${data}\n\n`;
    }
    this.#native = true;
    const { response, usage, ...native } = event as Native;
    const calls = openaiCalls(native, this.#calls);
    this.#calls += calls.length;
    const content = contentOf(response);
    const delta = {
      ...(content !== null && content !== "" && { content }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const said = Object.keys(delta).length > 0 ? chunk({ choices: [{ index: 0, delta }] }) : "";
    return usage === undefined ? said : said + this.#finish() + chunk({ choices: [], usage });
  }

  #finish(): string {
    if (!this.#native || this.#finished) return "";
    this.#finished = true;
    const finish_reason = this.#calls > 0 ? "tool_calls" : "stop";
    return chunk({ choices: [{ index: 0, delta: {}, finish_reason }] });
  }
}

function chunk(fields: object): string {
  return `data: ${JSON.stringify({ object: "chat.completion.chunk", ...fields })}\n\n`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
