/** Recorded answers of `/ai/run`, read as they were said. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import type { ChatResponse } from "../../../lib/chat/response.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { workersAiOverRun as codec } from "../../../lib/providers/workers_ai.ts";
import { workersAiRun } from "../../../lib/codecs/workers_ai_run/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, cutBytes, DEFAULTS } from "../openai_chat/helpers.ts";
import { needs, type Recorded, recordedAs, rhythm, streamBytes } from "../recorded.ts";

// deno-lint-ignore no-explicit-any -- what a test looks into is its own business
type Json = Record<string, any>;

const both = workersAiRun(openaiChat());
const recordings = recordedAs(/workersai\.run--/);
const good = recordings.filter(({ response }) => response.status === 200);
const streams = good.filter(({ response }) => response.sse !== undefined);
const wholes = good.filter(({ response }) => response.body !== undefined);
const decode = (pieces: Uint8Array[]) => runStep(codec.streamDecoder(DEFAULTS), pieces);

/** What a recording says, read without the codec: a thought in tags is reasoning. */
interface Facts {
  words: string;
  calls: { name: string; arguments: unknown }[];
  usage?: number[];
}

const countsOf = (usage: Json | undefined) =>
  usage && [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens];

function factsOfWhole({ result }: Json): Facts {
  const { response, tool_calls, usage } = result;
  const calls: Json[] = tool_calls ?? [];
  return {
    words: response === null || response === undefined
      ? ""
      : typeof response === "string"
      ? response
      : JSON.stringify(response),
    calls: calls.map((call) => {
      const { name, arguments: given } = call.function ?? call;
      return { name, arguments: typeof given === "string" ? JSON.parse(given) : given };
    }),
    usage: countsOf(usage),
  };
}

function factsOfStream(text: string): Facts {
  const events: Json[] = text.split("\n").filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)));
  const usage = events.findLast((event) => event.usage !== undefined)?.usage;
  return {
    words: events.map(({ response }) => response ?? "").join(""),
    calls: [],
    usage: countsOf(usage),
  };
}

function factsOf({ choices, usage }: ChatResponse): Facts {
  const parts = choices[0]!.parts;
  const said = (type: string) =>
    parts.map((part) => part.type === type && "content" in part ? part.content : "").join("");
  return {
    words: said("reasoning") + said("text"),
    calls: parts.flatMap((part) =>
      part.type === "tool_call" ? [{ name: part.name, arguments: JSON.parse(part.arguments) }] : []
    ),
    usage: usage && [usage.inputTokens, usage.outputTokens, usage.totalTokens],
  };
}

/** Tags stand between a thought and what is said, and the blank around them is of no account. */
const plain = ({ words, ...rest }: Facts) => ({
  ...rest,
  words: words.replace(/<\/?think>/g, "").replace(/\s+/g, ""),
});

function assertSaid(answer: ChatResponse, facts: Facts, id: string): void {
  assertEquals(plain(factsOf(answer)), plain(facts), id);
  const called = facts.calls.length > 0;
  assertEquals(answer.choices[0]!.finishReason, called ? "tool_call" : "stop", id);
  const ids = answer.choices[0]!.parts.flatMap((part) =>
    part.type === "tool_call" ? [part.id] : []
  );
  assert(ids.every((each) => each !== ""), id);
}

test("every recorded answer is read whole: words, calls, counts and its end", (t) => {
  if (!needs(t, wholes)) return;
  for (const { id, response } of wholes) {
    const answer = codec.decodeResponse(JSON.stringify(response.body), DEFAULTS);
    assertSaid(answer, factsOfWhole(response.body as Json), id);
  }
});

test("every recorded stream is read whole, however it is cut", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, recording] of streams.entries()) {
    const bytes = streamBytes(recording);
    const events = decode([bytes]);
    assertSaid(fold(events), factsOfStream(recording.response.sse!), recording.id);
    assertEquals(decode(cutBytes(bytes, rhythm(bytes.length, seed))), events, recording.id);
    assertEquals(decode(Array.from(bytes, (byte) => Uint8Array.of(byte))), events, recording.id);
  }
});

test("recorded answers and streams survive being written and read again", (t) => {
  if (!needs(t, good)) return;
  for (const recording of good) {
    const answer = read(recording);
    assertEquals(both.decodeResponse(both.encodeResponse(answer), DEFAULTS), answer, recording.id);
    const text = runStep(both.streamEncoder({ usage: true }), unfold(answer)).join("");
    const again = runStep(both.streamDecoder(DEFAULTS), [bytesOf(text)]);
    assertEquals(fold(again), answer, recording.id);
  }
});

function read(recording: Recorded): ChatResponse {
  const { response } = recording;
  if (response.sse === undefined) {
    return both.decodeResponse(JSON.stringify(response.body), DEFAULTS);
  }
  return fold(runStep(both.streamDecoder(DEFAULTS), [streamBytes(recording)]));
}

test("recorded requests survive being read and written, at the address they were sent to", (t) => {
  const asked = good.filter(({ request }) => Array.isArray(request.body?.messages));
  if (!needs(t, asked)) return;
  for (const { id, request } of asked) {
    const { pathname } = new URL(request.url);
    const decoded = both.decodeRequest(request.body!, pathname);
    const options = { model: decoded.model, stream: decoded.stream };
    const { path, body } = both.encodeRequest(decoded, options);
    assert(pathname.endsWith(path), id);
    assertEquals(both.decodeRequest(JSON.parse(body), path), decoded, id);
    const { messages, response_format: _, ...rest } = JSON.parse(body);
    const { messages: said, response_format: __, ...sent } = request.body!;
    assertEquals(rest, sent, id);
    assertEquals(
      messages.map(({ content }: Json) => content),
      (said as Json[]).map(({ content }) => content),
    );
  }
});

test("recorded errors keep their status, number and words", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const [said] = (response.body as Json).errors;
    const text = JSON.stringify(response.body);
    const fault = codec.decodeError(response.status, text, new Headers());
    assertEquals([fault.status, fault.message, fault.code], [
      response.status,
      said.message,
      String(said.code),
    ], id);
  }
});
