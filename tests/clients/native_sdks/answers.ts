/** What each vendor's interface answers, in its shortest form that its SDK takes. */
import type { Answer, Arrival } from "./upstream.ts";

const json = (value: unknown): Answer => ({
  type: "application/json",
  pieces: [JSON.stringify(value)],
});

const events = (...list: readonly (readonly [name: string, data: unknown])[]): Answer => ({
  type: "text/event-stream",
  pieces: list.map(([name, data]) => {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    return `${name === "" ? "" : `event: ${name}\n`}data: ${text}\n\n`;
  }),
});

export const SAID = "Low tide at 5 – héé";

const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m-1",
  content: [{ type: "text", text: SAID }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 2 },
};

const COMPLETION = {
  id: "c-1",
  object: "chat.completion",
  created: 1,
  model: "m-1",
  choices: [{ index: 0, message: { role: "assistant", content: SAID }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
};

const chunk = (delta: object, finish_reason: string | null) => ({
  id: "c-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m-1",
  choices: [{ index: 0, delta, finish_reason }],
});

const COMPLETION_EVENTS = events(
  ["", chunk({ role: "assistant", content: SAID }, null)],
  ["", chunk({}, "stop")],
  ["", "[DONE]"],
);

const MESSAGE_EVENTS = events(
  ["message_start", { type: "message_start", message: { ...MESSAGE, content: [] } }],
  ["content_block_start", {
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  }],
  ["content_block_delta", {
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: SAID },
  }],
  ["content_block_stop", { type: "content_block_stop", index: 0 }],
  ["message_delta", {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 2 },
  }],
  ["message_stop", { type: "message_stop" }],
);

const GEMINI = {
  candidates: [{ content: { role: "model", parts: [{ text: SAID }] }, finishReason: "STOP" }],
};

const COHERE = {
  id: "c-1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: SAID }] },
};

const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "m-1",
  output: [{
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: SAID, annotations: [] }],
  }],
};

const EMBEDDINGS = {
  object: "list",
  model: "m-1",
  data: [{ object: "embedding", index: 0, embedding: [0.25, 0.5] }],
  usage: { prompt_tokens: 1, total_tokens: 1 },
};

const FILE = {
  id: "file-1",
  object: "file",
  bytes: 9,
  created_at: 1,
  filename: "a.jsonl",
  purpose: "batch",
};

/** The answer to a request, whose SDK asked for a stream in whichever way it has. */
export function answerTo({ target, body }: Arrival): Answer {
  const stream = new TextDecoder().decode(body).includes('"stream":true');
  const path = target.replace(/\?.*/, "");
  if (path.endsWith("/chat/completions")) return stream ? COMPLETION_EVENTS : json(COMPLETION);
  if (path.endsWith("/messages")) return stream ? MESSAGE_EVENTS : json(MESSAGE);
  if (path.endsWith(":generateContent")) return json(GEMINI);
  if (path.endsWith(":streamGenerateContent")) return events(["", GEMINI]);
  if (path.endsWith("/v2/chat")) return json(COHERE);
  if (path.endsWith("/responses")) return json(RESPONSE);
  if (path.endsWith("/embeddings")) return json(EMBEDDINGS);
  if (path.endsWith("/files")) return json(FILE);
  return { type: "text/plain", pieces: [`nothing at ${path}`] };
}
