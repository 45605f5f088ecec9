/**
 * Google's Gemini protocol (`generateContent`) as functions and as TransformStreams, without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation.
 *
 * @example Ask Gemini in OpenAI's words
 * ```ts
 * import { geminiGenerate } from "dragoman/codecs/gemini_generate";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const request = openaiChat().decodeRequest({
 *   model: "any",
 *   messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }],
 *   max_tokens: 100,
 * });
 * const options = { model: "gemini-2.5-flash", stream: true };
 * const { path, body } = geminiGenerate().encodeRequest(request, options);
 * const { systemInstruction, generationConfig } = JSON.parse(body);
 * console.log(path); // /models/gemini-2.5-flash:streamGenerateContent?alt=sse
 * console.log(systemInstruction.parts[0].text, generationConfig.maxOutputTokens); // Be brief. 100
 * ```
 *
 * @example Gemini's stream for a client of OpenAI's
 * ```ts
 * import { ChatDecoderStream, ChatEncoderStream, geminiGenerate } from "dragoman/codecs/gemini_generate";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const part = { functionCall: { name: "get_weather", args: { city: "Paris" } } };
 * const event = { candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP" }] };
 * const stream = new Response(`data: ${JSON.stringify(event)}\r\n\r\n`).body!
 *   .pipeThrough(new ChatDecoderStream(geminiGenerate(), { id: "1", model: "m", created: 1 }))
 *   .pipeThrough(new ChatEncoderStream(openaiChat()));
 * const text = await new Response(stream).text();
 * console.log(text.includes('"finish_reason":"tool_calls"'), text.endsWith("data: [DONE]\n\n")); // true true
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export * from "../../codecs/gemini_generate/mod.ts";
