/**
 * An upstream like Ollama's OpenAI layer: it takes whatever comes, thinks aloud in `reasoning`, counts
 * a stream's tokens only when asked to, sends calls whole, unnumbered, and says `stop` after them.
 */
import {
  type Call,
  type Json,
  type Recorded,
  type ScriptedUpstream,
  scriptedUpstream,
  type Turn,
} from "./scripted_upstream.ts";

export const LOCAL_GREETING = "Hello from under the desk.";

export function looseOllama(): Promise<ScriptedUpstream> {
  return scriptedUpstream({ check, whole, chunks });
}

function check({ body: { model } }: Recorded) {
  if (model === "llama3.2:1b" || model === "qwen3:0.6b") return undefined;
  const message = `model '${model}' not found, try pulling it first`;
  return { status: 404, error: { message, type: "api_error", param: null, code: null } };
}

const head = (object: string, { model }: Json) => ({
  id: "chatcmpl-871",
  object,
  created: 1_760_000_000,
  model,
  system_fingerprint: "fp_ollama",
});

const usage = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };

const wireCall = ({ id, name, arguments: args }: Call) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

const textOf = ({ texts, calls }: Turn) => texts?.[0] ?? (calls ? "" : LOCAL_GREETING);

function whole(turn: Turn, body: Json): Json {
  const { reasoning, calls } = turn;
  const message = {
    role: "assistant",
    content: textOf(turn),
    ...(reasoning !== undefined && { reasoning }),
    ...(calls && { tool_calls: calls.map(wireCall) }),
  };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return { ...head("chat.completion", body), choices, usage };
}

function chunks(turn: Turn, body: Json): Json[] {
  const { include_usage } = (body.stream_options ?? {}) as { include_usage?: boolean };
  const { reasoning, calls } = turn;
  const frame = head("chat.completion.chunk", body);
  const chunk = (delta: Json, finish_reason: string | null = null) => ({
    ...frame,
    choices: [{ index: 0, delta: { role: "assistant", content: "", ...delta }, finish_reason }],
  });
  return [
    ...(reasoning?.match(/\s*\S+/gu) ?? []).map((reasoning) => chunk({ reasoning })),
    ...(textOf(turn).match(/\s*\S+/gu) ?? []).map((content) => chunk({ content })),
    ...(calls ?? []).map((call) => chunk({ tool_calls: [wireCall(call)] })),
    chunk({}, "stop"),
    ...(include_usage ? [{ ...frame, choices: [], usage }] : []),
  ];
}
