/**
 * A made-up protocol: lines of JSON such as `{"say":"text"}`, `{"call":{…}}`, `{"done":{…}}` and
 * `{"fault":{…}}`; a whole answer is the same lines at once. It is nobody's dialect, so every answer
 * takes the road through the neutral language.
 */
import type {
  AnswerDefaults,
  CallOptions,
  EncodedRequest,
  ProviderCodec,
} from "../../lib/chat/codec.ts";
import type { ChatEvent } from "../../lib/chat/event.ts";
import { fold } from "../../lib/chat/fold.ts";
import type { ChatRequest, Message } from "../../lib/chat/request.ts";
import type { FinishReason } from "../../lib/chat/response.ts";
import type { Warning } from "../../lib/chat/warning.ts";
import { GatewayError, type ProviderFault } from "../../lib/errors.ts";
import type { HeaderReader } from "../../lib/fetch_like.ts";
import { defineProvider, type Provider } from "../../lib/providers/provider.ts";
import { runStep, type Step } from "../../lib/stream/step.ts";

interface ToyFault {
  message: string;
  status?: number;
  name?: string;
}

/** One line of the protocol. */
interface ToyLine {
  hi?: { id: string; model: string };
  say?: string;
  call?: { id: string; tool: string; with: unknown };
  done?: { why: string; read: number; wrote: number };
  fault?: ToyFault;
}

const REASONS: Record<string, FinishReason> = { end: "stop", full: "length", call: "tool_call" };

const toyCodec: ProviderCodec = {
  protocol: "toy",
  encodeRequest,
  decodeResponse(text, defaults) {
    const events = runStep(new ToyDecoder(defaults), [new TextEncoder().encode(text)]);
    const error = events.find((event) => event.type === "error");
    if (error !== undefined) {
      throw new GatewayError(2120, error.fault.message, { fault: error.fault });
    }
    if (!events.some((event) => event.type === "finish")) {
      throw new GatewayError(
        2002,
        `The provider answered with something else: ${text.slice(0, 80)}`,
      );
    }
    return fold(events);
  },
  decodeError: (status, text, headers) => ({
    ...readFault(text, status),
    ...wait(headers),
    status,
  }),
  streamDecoder: (defaults) => new ToyDecoder(defaults),
};

/** A provider of the toy protocol. */
export const toy: Provider = defineProvider({
  slug: "toy",
  auth: { header: "x-toy-key", required: true },
  codec: toyCodec,
});

function encodeRequest(request: ChatRequest, { model, stream }: CallOptions): EncodedRequest {
  const warnings: Warning[] = [];
  const heat = Math.min(request.temperature ?? 0, 1);
  if (request.temperature !== undefined && request.temperature > 1) {
    warnings.push({ kind: "clamped", param: "temperature", from: request.temperature, to: heat });
  }
  if (request.seed !== undefined) warnings.push({ kind: "dropped", param: "seed" });
  const lines = request.messages.map((message) => ({ who: message.role, text: textOf(message) }));
  return { path: "/talk", body: JSON.stringify({ model, stream, heat, lines }), warnings };
}

function textOf({ parts }: Message): string {
  return parts.map((part) => part.type === "text" ? part.content : "").join("");
}

function readFault(text: string, status: number): ProviderFault {
  const fault = parseLine(text)?.fault;
  return {
    status,
    message: fault?.message ??
      `The toy answered ${status} with ${/^\s*</.test(text) ? "HTML" : "text"}`,
    ...(fault?.name !== undefined && { code: fault.name }),
    retryable: [429, 500, 502, 503].includes(status),
  };
}

/** The toy knows one hint only. */
function wait(headers: HeaderReader): { retryAfter?: number } {
  const seconds = headers.get("retry-after");
  return seconds === null || !/^\d+$/.test(seconds) ? {} : { retryAfter: Number(seconds) * 1000 };
}

function parseLine(text: string): ToyLine | undefined {
  try {
    return JSON.parse(text) as ToyLine;
  } catch {
    return undefined;
  }
}

class ToyDecoder implements Step<Uint8Array, ChatEvent> {
  readonly #utf8 = new TextDecoder();
  readonly #defaults: AnswerDefaults;
  #rest = "";
  #started = false;
  #parts = 0;
  #textOpen = false;

  constructor(defaults: AnswerDefaults) {
    this.#defaults = defaults;
  }

  push(bytes: Uint8Array): ChatEvent[] {
    const lines = (this.#rest + this.#utf8.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  end(): ChatEvent[] {
    const rest = this.#rest;
    this.#rest = "";
    return this.#line(rest);
  }

  #line(text: string): ChatEvent[] {
    if (text.trim() === "") return [];
    const line = parseLine(text);
    if (line === undefined) {
      const fault = {
        status: 502,
        message: "The toy sent a line that is not JSON",
        retryable: true,
      };
      return [{ type: "error", fault }];
    }
    if (line.fault !== undefined) {
      const { status = 502, message, name: code } = line.fault;
      return [{ type: "error", fault: { status, message, code, retryable: status >= 500 } }];
    }
    return [...this.#start(line), ...this.#say(line), ...this.#call(line), ...this.#done(line)];
  }

  #start({ hi }: ToyLine): ChatEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [{ type: "start", ...this.#defaults, ...hi }];
  }

  #say({ say }: ToyLine): ChatEvent[] {
    if (say === undefined) return [];
    const opening = this.#textOpen ? [] : this.#open();
    return [...opening, { type: "part-delta", ...this.#at(), delta: say }];
  }

  #open(): ChatEvent[] {
    this.#textOpen = true;
    this.#parts++;
    return [{ type: "part-start", ...this.#at(), part: { type: "text", content: "" } }];
  }

  #close(): ChatEvent[] {
    if (!this.#textOpen) return [];
    this.#textOpen = false;
    return [{ type: "part-end", ...this.#at() }];
  }

  #at(): { choice: number; index: number } {
    return { choice: 0, index: this.#parts - 1 };
  }

  #call({ call }: ToyLine): ChatEvent[] {
    if (call === undefined) return [];
    const events = this.#close();
    this.#parts++;
    const { id, tool: name } = call;
    const part = {
      type: "tool_call",
      kind: "function",
      id,
      name,
      arguments: JSON.stringify(call.with),
    } as const;
    events.push({ type: "part-start", ...this.#at(), part }, { type: "part-end", ...this.#at() });
    return events;
  }

  #done({ done }: ToyLine): ChatEvent[] {
    if (done === undefined) return [];
    const { why, read: inputTokens, wrote: outputTokens } = done;
    const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
    const reason = REASONS[why] ?? "stop";
    return [...this.#close(), { type: "finish", choice: 0, reason }, { type: "usage", usage }];
  }
}
