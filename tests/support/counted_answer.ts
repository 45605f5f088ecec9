/** OpenAI's answers with counts, whole or streamed as they are asked for. */
import { type FetchInit, textBody } from "../../lib/fetch_like.ts";

export const SSE = { "content-type": "text/event-stream" };

/** One event of a stream. */
export const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;

/** The event with all of the answer's words. */
export const CONTENT = event({
  choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }],
});

/** A stream to its end mark. */
export function streamed(usage: object): string {
  const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  return CONTENT + finish + event({ choices: [], usage }) + "data: [DONE]\n\n";
}

/** A provider that counts so many tokens, whatever is asked. */
export function counts(prompt_tokens: unknown, completion_tokens: unknown) {
  const usage = { prompt_tokens, completion_tokens };
  return (init: Pick<FetchInit, "body">) => {
    const { stream } = JSON.parse(textBody(init)) as { stream?: boolean };
    if (stream) return new Response(streamed(usage), { headers: SSE });
    const message = { role: "assistant", content: "Hi" };
    return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }], usage });
  };
}
