/**
 * Cohere's chat as functions and as TransformStreams, without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation.
 *
 * @example Ask Cohere in OpenAI's words
 * ```ts
 * import { cohereChat } from "dragoman/codecs/cohere_chat";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const request = openaiChat().decodeRequest({
 *   model: "any",
 *   messages: [{ role: "user", content: "Hello" }],
 *   response_format: { type: "json_object" },
 *   top_p: 1,
 * });
 * const options = { model: "command-a-03-2025", stream: false };
 * const { path, body, warnings } = cohereChat().encodeRequest(request, options);
 * const { response_format, p } = JSON.parse(body);
 * console.log(path, response_format.type, p); // /chat json_object 0.99
 * console.log(warnings[0].kind, warnings[0].param); // clamped top_p
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export * from "../../codecs/cohere_chat/mod.ts";
