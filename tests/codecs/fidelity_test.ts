/** What must hold for a caller of OpenAI's dialect whichever protocol he is translated to. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { ProviderCodec } from "../../lib/chat/codec.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { scanObject } from "../../lib/json/scan_object.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { runStep } from "../../lib/stream/step.ts";
import { events as ofClaude } from "./anthropic_messages/helpers.ts";
import {
  begin,
  delta,
  end,
  last,
  START,
  STOP,
  stream,
  THOUGHTS,
} from "./anthropic_messages/helpers.ts";
import { bytesOf, DEFAULTS, payloadsOf } from "./openai_chat/helpers.ts";

type Json = Record<string, unknown>;

const openai = openaiChat();
const MODELS: Record<string, string> = {
  anthropic: "claude-sonnet-4-5-20250929",
  "aws-bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "google-ai-studio": "gemini-3-pro-preview",
  cohere: "command-a-03-2025",
};

const codecOf = (slug: string): ProviderCodec => PROVIDERS.get(slug)!.codec;

/** What a caller's request becomes. */
function sent(slug: string, body: Json, model = MODELS[slug]!): { body: Json; told: string[] } {
  const request = openai.decodeRequest({ model: "m", messages: [USER], ...body });
  const encoded = codecOf(slug).encodeRequest(request, { model, stream: false });
  const told = encoded.warnings.map(({ kind, param }) => `${kind} ${param}`);
  return { body: JSON.parse(encoded.body) as Json, told };
}

const USER = { role: "user", content: "Hi" };
const call = (args = "{}", more: Json = {}) => ({
  id: "abcdefgh1",
  type: "function",
  function: { name: "f", arguments: args },
  ...more,
});
const result = { role: "tool", tool_call_id: "abcdefgh1", content: "1" };
const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];

/** Answers that call and end in the word given. */
const ANSWERS: Record<string, (word: string) => Json> = {
  anthropic: (stop_reason) => ({
    id: "m",
    type: "message",
    role: "assistant",
    model: "c",
    content: [{ type: "tool_use", id: "a", name: "f", input: {} }],
    stop_reason,
    usage: { input_tokens: 1, output_tokens: 1 },
  }),
  "aws-bedrock": (stopReason) => ({
    output: {
      message: {
        role: "assistant",
        content: [{ toolUse: { toolUseId: "a", name: "f", input: {} } }],
      },
    },
    stopReason,
  }),
  "google-ai-studio": (finishReason) => ({
    candidates: [{ content: { parts: [{ functionCall: { name: "f", args: {} } }] }, finishReason }],
  }),
  cohere: (finish_reason) => ({
    id: "c",
    finish_reason,
    message: { role: "assistant", tool_calls: [call()] },
  }),
  openai: (finish_reason) => ({
    id: "c",
    object: "chat.completion",
    choices: [{
      index: 0,
      message: { role: "assistant", content: null, tool_calls: [call()] },
      finish_reason,
    }],
  }),
};

const REASONS: Record<string, [stop: string[], length: string[], filter: string[]]> = {
  anthropic: [["tool_use", "end_turn"], ["max_tokens"], ["refusal"]],
  "aws-bedrock": [["tool_use", "end_turn"], ["max_tokens"], [
    "guardrail_intervened",
    "content_filtered",
  ]],
  "google-ai-studio": [["STOP"], ["MAX_TOKENS"], ["SAFETY", "PROHIBITED_CONTENT"]],
  cohere: [["TOOL_CALL", "COMPLETE"], ["MAX_TOKENS"], []],
  openai: [["tool_calls", "stop"], ["length"], ["content_filter"]],
};

test("the finish is tool_calls wherever a client's tool was called, never over length or content_filter", () => {
  for (const [slug, words] of Object.entries(REASONS)) {
    for (const [at, wanted] of ["tool_calls", "length", "content_filter"].entries()) {
      for (const word of words[at]!) {
        const text = JSON.stringify(ANSWERS[slug]!(word));
        const answer = codecOf(slug).decodeResponse(text, DEFAULTS);
        const { choices } = JSON.parse(openai.encodeResponse(answer)) as { choices: Json[] };
        assertEquals([slug, word, choices[0]!.finish_reason], [slug, word, wanted]);
      }
    }
  }
});

test("4.6.67: an empty content beside calls becomes no text", () => {
  for (const content of ["", null, [{ type: "text", text: "" }]]) {
    const messages = [USER, { role: "assistant", content, tool_calls: [call()] }, result];
    for (const slug of Object.keys(MODELS)) {
      const text = JSON.stringify(sent(slug, { messages, tools }).body);
      assertEquals([slug, text.includes('"text":""')], [slug, false]);
    }
  }
});

test("4.1.8: a call whose arguments are no JSON keeps its signature", () => {
  const extra_content = { google: { thought_signature: "c2ln" } };
  const tool_calls = [call('{"city":', { extra_content })];
  const messages = [USER, { role: "assistant", content: null, tool_calls }, result];
  const { contents } = sent("google-ai-studio", { messages, tools }).body as {
    contents: { parts: Json[] }[];
  };
  assertEquals(contents[1]!.parts[0]!.thoughtSignature, "c2ln");
});

test("4.2.30: pieces of a call's arguments are passed on as they come", () => {
  const decoder = codecOf("anthropic").streamDecoder(DEFAULTS);
  const encoder = openai.streamEncoder({ usage: false });
  const hear = (event: Json) =>
    decoder.push(bytesOf(stream(event))).flatMap((each) => encoder.push(each)).join("");
  hear(START);
  hear(begin(0, { type: "tool_use", id: "a", name: "f", input: {} }));
  for (const partial_json of ['{"ci', 'ty":', '"Brest"}']) {
    const said = hear(delta(0, "input_json_delta", { partial_json }));
    assert(said.includes(JSON.stringify(partial_json)), said);
  }
});

test("4.5.56: a stream whose provider counts nothing still ends a caller of Anthropic's dialect", () => {
  const chunk = (more: Json, finish_reason: string | null = null) =>
    `data: ${
      JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta: more, finish_reason }] })
    }\n\n`;
  const text = `${chunk({ role: "assistant", content: "Hi" })}${chunk({}, "stop")}data: [DONE]\n\n`;
  const heard = runStep(openai.streamDecoder(DEFAULTS), [bytesOf(text)]);
  const claude = codecOf("anthropic") as unknown as typeof openai;
  const names = runStep(claude.streamEncoder({ usage: true }), heard)
    .map((each) => /^event: (.*)/.exec(each)?.[1]);
  assertEquals(names.slice(-2), ["message_delta", "message_stop"]);
});

test("4.6.71: a tool in the flat form of Responses is a tool", () => {
  const { function: inner } = tools[0]!;
  for (const slug of Object.keys(MODELS)) {
    assertEquals(
      sent(slug, { tools: [{ type: "function", ...inner }] }),
      sent(slug, { tools }),
      slug,
    );
  }
});

/** What OpenAI's own client makes of the chunks of one answer: the last piece of what it does not know wins. */
function lastPieces(chunks: Json[]): Json {
  const message: Json = { role: "assistant", content: null };
  for (const { choices } of chunks) {
    const { delta } = (choices as { delta: Json }[])[0]!;
    const { tool_calls, ...rest } = delta;
    Object.assign(message, rest);
    for (const piece of (tool_calls ?? []) as Json[]) {
      const { index: _, function: called, ...more } = piece;
      const calls = (message.tool_calls ??= []) as Json[];
      if (more.id === undefined) {
        const known = calls.at(-1)!.function as Json;
        known.arguments = `${known.arguments}${(called as Json).arguments}`;
      } else calls.push({ ...more, function: { ...called as Json } });
    }
  }
  return message;
}

test("signed thoughts survive a client that keeps the last piece of what it does not know", () => {
  const [told, hidden, silent] = THOUGHTS;
  const wire = stream(
    START,
    begin(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, "thinking_delta", { thinking: "H" }),
    delta(0, "thinking_delta", { thinking: "mm" }),
    delta(0, "signature_delta", { signature: told!.signature }),
    end(0),
    begin(1, hidden!),
    end(1),
    begin(2, { type: "thinking", thinking: "", signature: "" }),
    delta(2, "signature_delta", { signature: silent!.signature }),
    end(2),
    begin(3, { type: "tool_use", id: "abcdefgh1", name: "f", input: {} }),
    end(3),
    last("tool_use"),
    STOP,
  );
  const written = runStep(openai.streamEncoder({ usage: false }), ofClaude(wire)).join("");
  const messages = [USER, lastPieces(payloadsOf(written)), result];
  const { body } = sent("anthropic", { messages, tools });
  const { content } = (body.messages as { content: Json[] }[])[1]!;
  assertEquals(content.slice(0, 3), THOUGHTS);
  // Others who speak OpenAI's dialect get them as details, and nothing of the gateway's.
  const options = { model: "m", stream: false };
  const text = JSON.stringify({ model: "m", messages });
  const passed = codecOf("openrouter").relay!.relayRequest(scanObject(text), options).body;
  const [, { reasoning_details: details, tool_calls: calls }] = JSON.parse(passed).messages;
  assertEquals([details.length, Object.keys(calls[0])], [3, ["id", "type", "function"]]);
  // Who reads the stream as a provider's own is not told twice.
  const again = runStep(openai.streamDecoder(DEFAULTS), [bytesOf(written)]);
  assertEquals(JSON.stringify(again).includes("dragoman"), false);
});

test("what others have put into a history stays away from OpenAI, and nothing else changes", () => {
  const assistant = {
    role: "assistant",
    content: null,
    refusal: null,
    parsed: null,
    reasoning_content: "Hm",
    reasoning_details: [{ type: "reasoning.text", text: "Hm" }],
    tool_calls: [{ index: 0, ...call("{}", { extra_content: { google: {} } }) }],
  };
  const plain = { role: "assistant", content: null, refusal: null, tool_calls: [call()] };
  for (const slug of ["openai", "azure-openai"]) {
    const { relay } = codecOf(slug);
    const relayed = (message: Json) => {
      const text = JSON.stringify({ model: "m", messages: [USER, message, result], tools });
      const encoded = relay!.relayRequest(scanObject(text), { model: "m", stream: false });
      return { body: encoded.body, told: encoded.warnings.map(({ param }) => param) };
    };
    const { body, told } = relayed(assistant);
    assertEquals((JSON.parse(body) as { messages: Json[] }).messages[1], plain);
    assertEquals(told, ["messages.reasoning_content"]);
    const untouched = relayed(plain);
    assertEquals(untouched.told, []);
    assert(untouched.body.includes(JSON.stringify(plain)));
  }
});
