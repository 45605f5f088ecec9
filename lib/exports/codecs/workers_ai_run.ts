/**
 * Workers AI's own protocol (`/ai/run/{model}`), for chat and for vectors, as functions and as TransformStreams,
 * without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation.
 *
 * @example Ask Workers AI in OpenAI's words
 * ```ts
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 * import { workersAiRun } from "dragoman/codecs/workers_ai_run";
 *
 * const request = openaiChat().decodeRequest({
 *   model: "any",
 *   messages: [{ role: "user", content: "Hello" }],
 *   max_completion_tokens: 100,
 * });
 * const options = { model: "@cf/meta/llama-3.1-8b-instruct", stream: false };
 * const { path, body } = workersAiRun(openaiChat()).encodeRequest(request, options);
 * console.log(path); // /run/@cf/meta/llama-3.1-8b-instruct
 * console.log(JSON.parse(body).max_tokens); // 100
 * ```
 *
 * @example Workers AI's stream for a client of OpenAI's
 * ```ts
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 * import { ChatTranslatorStream, workersAiRun } from "dragoman/codecs/workers_ai_run";
 *
 * const said = 'data: {"response":"Hi","p":"abcd"}\n\ndata: [DONE]\n\n';
 * const stream = new Response(said).body!
 *   .pipeThrough(new ChatTranslatorStream(workersAiRun(openaiChat()), openaiChat()));
 * const text = await new Response(stream).text();
 * console.log(text.includes('"content":"Hi"'), text.includes('"finish_reason":"stop"')); // true true
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export { workersAiEmbed, workersAiRun } from "../../codecs/workers_ai_run/mod.ts";
