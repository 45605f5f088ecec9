/**
 * OpenAI's chat completions as functions and as TransformStreams, without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation; this one on both sides repairs what a provider that is like OpenAI does
 * otherwise.
 *
 * @example A whole answer, as functions
 * ```ts
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const codec = openaiChat();
 * const request = codec.decodeRequest({
 *   model: "gpt-5-mini",
 *   messages: [{ role: "user", content: "Hello" }],
 * });
 * const { path, body } = codec.encodeRequest(request, { model: "gpt-5-nano", stream: false });
 * console.log(path, JSON.parse(body).model); // /chat/completions gpt-5-nano
 * ```
 *
 * @example A stream, as a pair of TransformStreams
 * ```ts
 * import { ChatDecoderStream, ChatEncoderStream, openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const codec = openaiChat();
 * // No `object`, no end mark, and a finish reason of nobody's: a provider that is nearly like OpenAI.
 * const chunk = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "eos" }] };
 * const provider = new Response(`data: ${JSON.stringify(chunk)}\n\n`);
 *
 * const repaired = provider.body!
 *   .pipeThrough(new ChatDecoderStream(codec, { id: "chatcmpl-1", model: "m", created: 1 }))
 *   .pipeThrough(new ChatEncoderStream(codec));
 * const text = await new Response(repaired).text();
 * console.log(text.includes('"finish_reason":"stop"'), text.endsWith("data: [DONE]\n\n")); // true true
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export * from "../../codecs/openai_chat/mod.ts";
export type * from "../../codecs/openai_chat/profile.ts";
