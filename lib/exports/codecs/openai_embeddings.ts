/**
 * OpenAI's embeddings as functions, without a gateway around them; a provider of your own that has them says so with
 * this codec.
 *
 * @example Vectors as numbers and as base64
 * ```ts
 * import { openaiEmbeddings } from "dragoman/codecs/openai_embeddings";
 *
 * const codec = openaiEmbeddings();
 * const answer = { model: "m", vectors: [[1, -2]] };
 * console.log(JSON.parse(codec.encodeResponse(answer)).data[0].embedding); // [ 1, -2 ]
 * console.log(JSON.parse(codec.encodeResponse(answer, "base64")).data[0].embedding); // AACAPwAAAMA=
 * ```
 *
 * @example A provider of your own
 * ```ts
 * import { createGateway, defineProvider } from "dragoman";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 * import { openaiEmbeddings } from "dragoman/codecs/openai_embeddings";
 *
 * const acme = defineProvider({
 *   slug: "acme",
 *   baseUrl: "https://api.acme.example/v1",
 *   auth: { header: "x-acme-key", required: true },
 *   codec: openaiChat(),
 *   embeddings: openaiEmbeddings({ inputs: 64, drops: ["user"] }),
 * });
 * const gateway = createGateway({ providers: { acme: { definition: acme, apiKey: "key" } } });
 * console.log((await gateway.fetch("http://gateway/health")).status); // 200
 * ```
 *
 * @module
 */
export * from "../../embeddings/mod.ts";
export * from "../../codecs/openai_embeddings/mod.ts";
