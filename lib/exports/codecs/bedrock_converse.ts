/**
 * Amazon Bedrock's Converse as functions and as TransformStreams, without a gateway around them.
 *
 * A codec reads and writes one protocol: requests, whole answers, streams and errors, from and to a neutral
 * language. Two codecs are a translation. Streams are Amazon's binary frames.
 *
 * @example Ask Bedrock in OpenAI's words
 * ```ts
 * import { bedrockConverse } from "dragoman/codecs/bedrock_converse";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const request = openaiChat().decodeRequest({
 *   model: "any",
 *   messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }],
 *   max_tokens: 100,
 * });
 * const options = { model: "amazon.nova-lite-v1:0", stream: true };
 * const { path, body } = bedrockConverse().encodeRequest(request, options);
 * const { system, inferenceConfig } = JSON.parse(body);
 * console.log(path); // /model/amazon.nova-lite-v1%3A0/converse-stream
 * console.log(system[0].text, inferenceConfig.maxTokens); // Be brief. 100
 * ```
 *
 * @module
 */
export * from "../../chat/mod.ts";
export * from "../../codecs/bedrock_converse/mod.ts";
