/**
 * The built-in provider: answers inside this process, needs no key, and fails when told to. It speaks
 * OpenAI's protocol like a real upstream, so that what people try with it takes the real road.
 */
import type { ChatEvent } from "../chat/event.ts";
import { fold } from "../chat/fold.ts";
import type { ChatRequest } from "../chat/request.ts";
import type { Usage } from "../chat/response.ts";
import { type Clock, sleep } from "../clock.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { type FetchLike, textBody } from "../fetch_like.ts";
import { type DemoScript, readScript, textOf } from "./demo_script.ts";
import { encodeEvent } from "../stream/sse.ts";
import type { Provider } from "./provider.ts";

/** Models the demo lists: `echo` obeys commands in the prompt, `backup` only ever echoes. */
const DEMO_MODELS: readonly string[] = ["echo", "backup"];

const codec = openaiChat({ faithful: true });

export function demoProvider(clock: Clock): Provider {
  return {
    slug: "demo",
    baseUrl: "demo:",
    auth: { header: "authorization", prefix: "Bearer ", required: false },
    codec,
    models: DEMO_MODELS,
    fetch: demoFetch(clock),
  };
}

function demoFetch(clock: Clock): FetchLike {
  return async (_url, init) => {
    const request = codec.decodeRequest(JSON.parse(textBody(init) || "{}"));
    const script = readScript(request, request.model);
    if (script.do === "fail") return failure(script.status);
    if (script.do === "stall") await sleep(clock, script.seconds * 1000, init.signal);
    const id = `chatcmpl-demo${clock.now()}`;
    const start: ChatEvent = {
      type: "start",
      id,
      model: request.model,
      created: Math.floor(clock.now() / 1000),
    };
    const events = [start, ...answerEvents(script, request, clock)];
    return request.stream
      ? streamed(events, script, request, init.signal, clock)
      : whole(events, script);
  };
}

/** What the demo says, in pieces of a word each; a cut or broken answer stops in the middle. */
function answerEvents(script: DemoScript, request: ChatRequest, clock: Clock): ChatEvent[] {
  const at = { choice: 0, index: 0 };
  if (script.do === "call") {
    const id = `call_demo${clock.now()}`;
    const part = {
      type: "tool_call",
      kind: "function",
      id,
      name: script.tool,
      arguments: "",
    } as const;
    return [
      { type: "part-start", ...at, part },
      { type: "part-delta", ...at, delta: script.arguments },
      { type: "part-end", ...at },
      { type: "finish", choice: 0, reason: "tool_call" },
      usageEvent(request, script.arguments),
    ];
  }
  const text = script.do === "fail" ? "" : script.text;
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  const stops = script.do === "cut" || script.do === "break";
  const said = stops ? words.slice(0, Math.ceil(words.length / 2)) : words;
  const events: ChatEvent[] = [
    { type: "part-start", ...at, part: { type: "text", content: "" } },
    ...said.map((delta): ChatEvent => ({ type: "part-delta", ...at, delta })),
  ];
  if (stops) return events;
  return [
    ...events,
    { type: "part-end", ...at },
    { type: "finish", choice: 0, reason: "stop" },
    usageEvent(request, text),
  ];
}

/** Honest in its own small unit: the demo's tokens are words. */
function usageEvent(request: ChatRequest, answer: string): ChatEvent {
  const inputTokens = request.messages.reduce((sum, message) => sum + words(textOf(message)), 0);
  const outputTokens = words(answer);
  const usage: Usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return { type: "usage", usage };
}

function words(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function whole(events: ChatEvent[], script: DemoScript): Response {
  if (script.do === "break") return failure(500);
  if (script.do === "cut") throw new TypeError("The demo was told to cut the connection");
  return new Response(codec.encodeResponse(fold(events)), {
    headers: { "content-type": "application/json" },
  });
}

function failure(status: number): Response {
  return new Response(errorBody(status), {
    status,
    headers: {
      "content-type": "application/json",
      ...(status === 429 ? { "retry-after": "1" } : {}),
    },
  });
}

function errorBody(status: number): string {
  const message = `The demo was told to fail with ${status}`;
  const type = status === 429 ? "rate_limit_error" : "api_error";
  return JSON.stringify({ error: { message, type, param: null, code: null } });
}

/** Milliseconds between two words, and the most a whole answer is stretched to. */
const PACE = 20;
const LONGEST = 2000;

function streamed(
  events: ChatEvent[],
  script: DemoScript,
  request: ChatRequest,
  signal: AbortSignal,
  clock: Clock,
): Response {
  const texts = wireTexts(events, script, request);
  const pace = Math.min(PACE, LONGEST / texts.length);
  const utf8 = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const text = texts.shift();
      if (text === undefined) return controller.close();
      await sleep(clock, pace, signal);
      controller.enqueue(utf8.encode(text));
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** The whole stream, cut where the script says so. */
function wireTexts(events: ChatEvent[], script: DemoScript, request: ChatRequest): string[] {
  const encoder = codec.streamEncoder({ usage: request.streamUsage ?? false });
  const texts = events.flatMap((event) => encoder.push(event));
  if (script.do === "cut") return texts;
  if (script.do === "break") return [...texts, encodeEvent({ data: errorBody(500) })];
  return [...texts, ...encoder.end()];
}
