/** What a scripted provider does with one request, as plain data. */
import type { FinishReason, Usage } from "../chat/response.ts";

/** A call of one of the caller's tools. */
export interface ScriptedCall {
  /** The tool's name. */
  name: string;
  /** A text stands as it is, which need not be JSON; everything else becomes JSON. Default: `{}`. */
  arguments?: unknown;
  /** Default: `call_1`, `call_2` … in the order of the answer. */
  id?: string;
}

/** What a scripted model says. */
export interface ScriptedAnswer {
  /** In a stream it comes word by word, a list piece by piece. */
  text?: string | readonly string[];
  /** What it thought before; cut as `text` is. */
  reasoning?: string | readonly string[];
  /** What it calls afterwards. */
  toolCalls?: readonly ScriptedCall[];
  /** Default: `tool_call` after calls, otherwise `stop`. */
  finishReason?: FinishReason;
  /**
   * Token counts; `null` for a provider that doesn't count. A stream has them only when the request asks for them.
   * Default: 10 in, 5 out.
   */
  usage?: Pick<Usage, "inputTokens" | "outputTokens"> & Partial<Usage> | null;
  /** What the provider says served it. Default: what was asked for. */
  model?: string;
  /** Headers of the answer. */
  headers?: Readonly<Record<string, string>>;
}

/** How a scripted provider refuses a request. */
export interface ScriptedFailure {
  /** HTTP status. */
  status: number;
  /** The provider's words. Default: they name the status. */
  message?: string;
  /** The provider's kind of error: `invalid_request_error`. */
  type?: string;
  /** The provider's code: `invalid_api_key`. */
  code?: string;
  /** The parameter at fault. */
  param?: string;
  /** Seconds, sent as `retry-after`. */
  retryAfter?: number;
  /** Other headers of the answer. */
  headers?: Readonly<Record<string, string>>;
}

/** How an answer breaks off: it ends, says nothing more, loses its connection, or reports an error. */
export type BreakOff = "end" | "silence" | "disconnect" | ScriptedFailure;

/** One thing that a scripted provider does; made by `text`, `toolCall`, `rateLimited` … */
export type Turn =
  & {
    /** Milliseconds before anything comes. */
    readonly delay?: number;
  }
  & (
    | {
      /** What kind of turn this is. */
      readonly kind: "answer";
      /** What is said. */
      readonly answer: ScriptedAnswer;
      /** Milliseconds between two pieces of a stream. */
      readonly pace?: number;
      /** Bytes in one chunk of a stream, wherever that cuts it. Default: an event a chunk. */
      readonly chunkSize?: number;
      /** Breaks the answer off after so many pieces of content. */
      readonly breaksOff?: { readonly how: BreakOff; readonly after: number };
    }
    | { readonly kind: "failure"; readonly failure: ScriptedFailure }
    | { readonly kind: "unreachable"; readonly reason: string }
    | { readonly kind: "silent" }
  );

/** A turn that answers. */
export type AnswerTurn = Extract<Turn, { kind: "answer" }>;
