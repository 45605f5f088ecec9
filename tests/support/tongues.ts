/** What the fake provider says in each protocol, good and bad. */

/** Texts of one protocol; everything it says about a failure quotes the key it was called with. */
export interface Tongue {
  /** The path of a call below the base URL. */
  path: string;
  streamType: string;
  /** A whole answer. */
  whole: string;
  /** A stream up to, and without, its first content. */
  head: string;
  content: string;
  /** The end of a complete stream. */
  rest: string;
  /** A body with an error. */
  error(key: string): string;
  /** The same inside a stream; it stands for status 503. */
  errorEvent(key: string): string;
}

/** What every good answer says: it has characters of two, three and four bytes. */
export const SAID = "Grüße, 世界 🌍!";

const chunk = (delta: object, finish: string | null = null, more: object = {}) => {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m-1" };
  return `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
};

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

export const openaiTongue: Tongue = {
  path: "/chat/completions",
  streamType: "text/event-stream",
  whole: JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m-1",
    choices: [{
      index: 0,
      message: { role: "assistant", content: SAID, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage,
  }),
  head: chunk({ role: "assistant", content: "" }),
  content: chunk({ content: SAID }),
  rest: chunk({}, "stop") + "data: [DONE]\n\n",
  error: (key) => openaiError(`Your key ${key} is no good`, "server_error", key),
  errorEvent: (key) => `data: ${openaiError(`Overloaded, ${key}`, "overloaded_error", "503")}\n\n`,
};

function openaiError(message: string, type: string, code: string): string {
  return JSON.stringify({ error: { message, type, param: null, code } });
}

const line = (value: object) => JSON.stringify(value) + "\n";
const hi = line({ hi: { id: "toy-1", model: "m-1" } });
const done = line({ done: { why: "end", read: 3, wrote: 2 } });

export const toyTongue: Tongue = {
  path: "/talk",
  streamType: "application/x-ndjson; charset=utf-8",
  whole: hi + line({ say: SAID }) + done,
  head: hi + line({ say: "" }),
  content: line({ say: SAID }),
  rest: done,
  error: (key) => line({ fault: { message: `Your key ${key} is no good`, name: key } }),
  errorEvent: (key) => line({ fault: { message: `Overloaded, ${key}`, status: 503, name: "503" } }),
};
