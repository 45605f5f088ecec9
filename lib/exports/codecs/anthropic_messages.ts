/**
 * Anthropic's Messages API as functions and as TransformStreams, without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation.
 *
 * @example Ask Claude in OpenAI's words
 * ```ts
 * import { anthropicMessages } from "dragoman/codecs/anthropic_messages";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const request = openaiChat().decodeRequest({
 *   model: "any",
 *   messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }],
 *   stop: "END",
 * });
 * const options = { model: "claude-sonnet-4-5", stream: false };
 * const { path, body } = anthropicMessages().encodeRequest(request, options);
 * const { system, stop_sequences } = JSON.parse(body);
 * console.log(path, system, stop_sequences[0]); // /messages Be brief. END
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export * from "../../codecs/anthropic_messages/mod.ts";
