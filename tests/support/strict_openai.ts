/** An upstream as strict as OpenAI, whose streams have OpenAI's order, paddings and nulls. */
import { findFault } from "./openai_rules.ts";
import { sentFault } from "./specs/sent.ts";
import {
  type Call,
  type Failure,
  type Json,
  type Recorded,
  type ScriptedUpstream,
  scriptedUpstream,
  type Turn,
} from "./scripted_upstream.ts";

/** The key of most tests, and one that comes with the request. */
export const STORED_KEY = "sk-stored-1234567890abcdef";
export const OWN_KEY = "sk-own-fedcba0987654321";

export const GREETING = "Good morning from behind the counter.";

export function strictOpenAI(): Promise<ScriptedUpstream> {
  return scriptedUpstream({ check, whole, chunks });
}

function check({ path, headers, body, text }: Recorded): Failure | undefined {
  const error = { type: "invalid_request_error", param: null };
  const key = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (key !== STORED_KEY && key !== OWN_KEY) {
    const message = `The key ${key ?? "(none)"} opens nothing here.`;
    return { status: 401, error: { ...error, message, code: "invalid_api_key" } };
  }
  if (path !== "/v1/chat/completions") {
    const message = `There is no ${path}.`;
    return { status: 404, error: { ...error, message, code: "unknown_url" } };
  }
  if (headers["content-type"] !== "application/json" || !text.startsWith("{")) {
    return { status: 400, error: { ...error, message: "That is no JSON object.", code: null } };
  }
  return findFault(body) ?? specificationFault(path, body);
}

/** What OpenAI's own description of its interface refuses, where it is at hand. */
function specificationFault(path: string, body: Json): Failure | undefined {
  const message = sentFault("openai", path, body) ?? undefined;
  const error = { type: "invalid_request_error", param: null, code: "specification" };
  return message === undefined ? undefined : { status: 400, error: { ...error, message } };
}

const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 8,
  total_tokens: 20,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 3,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const head = (object: string, { model }: Json) => ({
  id: "chatcmpl-B7strict",
  object,
  created: 1_760_000_000,
  model: `${model}-2025-08-07`,
  service_tier: "default",
  system_fingerprint: "fp_44709d6fcb",
});

function textsOf({ texts, calls }: Turn, { n }: Json): (string | null)[] {
  if (texts !== undefined) return texts;
  return calls ? [null] : Array<string>(typeof n === "number" ? n : 1).fill(GREETING);
}

function logprobsOf(text: string, { logprobs }: Json): Json | null {
  if (logprobs !== true || text === "") return null;
  const bytes = [...new TextEncoder().encode(text)];
  const top_logprobs = [{ token: text, logprob: -0.25, bytes }];
  return { content: [{ token: text, logprob: -0.25, bytes, top_logprobs }], refusal: null };
}

const wireCall = ({ id, name, arguments: args }: Call) => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

function whole(turn: Turn, body: Json): Json {
  const choices = textsOf(turn, body).map((content, index) => ({
    index,
    message: {
      role: "assistant",
      content,
      ...(turn.calls && { tool_calls: turn.calls.map(wireCall) }),
      refusal: null,
      annotations: [],
    },
    logprobs: logprobsOf(content ?? "", body),
    finish_reason: turn.calls ? "tool_calls" : "stop",
  }));
  return { ...head("chat.completion", body), choices, usage: USAGE };
}

/** Choices take turns, as OpenAI's do. */
function chunks(turn: Turn, body: Json): Json[] {
  const { include_usage = false } = (body.stream_options ?? {}) as { include_usage?: boolean };
  const frame = {
    ...head("chat.completion.chunk", body),
    ...(include_usage && { usage: null }),
    obfuscation: "t7Kq",
  };
  const chunk = (index: number, delta: Json, finish_reason: string | null = null) => {
    const logprobs = logprobsOf(String(delta.content ?? ""), body);
    return { ...frame, choices: [{ index, delta, logprobs, finish_reason }] };
  };
  const texts = textsOf(turn, body);
  const pieces = texts.map((text) => text?.match(/\s*\S+/gu) ?? []);
  const longest = Math.max(...pieces.map(({ length }) => length));
  return [
    ...texts.map((text, at) =>
      chunk(at, { role: "assistant", content: text && "", refusal: null })
    ),
    ...Array.from(
      { length: longest },
      (_, step) =>
        pieces.flatMap(({ [step]: content }, at) =>
          content === undefined ? [] : [chunk(at, { content })]
        ),
    ).flat(),
    ...(turn.calls ?? []).flatMap((call, index) =>
      callDeltas(call, index).map((delta) => chunk(0, { tool_calls: [delta] }))
    ),
    ...texts.map((_, at) => chunk(at, {}, turn.calls ? "tool_calls" : "stop")),
    ...(include_usage ? [{ ...frame, choices: [], usage: USAGE }] : []),
  ];
}

function callDeltas(call: Call, index: number): Json[] {
  const pieces = call.arguments.match(/.{1,5}/gsu) ?? [];
  const first = { ...wireCall({ ...call, arguments: "" }), index };
  return [first, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))];
}
