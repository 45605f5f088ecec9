import type { CallerCodec, ProviderCodec } from "../../chat/codec.ts";
import { decodeError, encodeError, encodeStreamError } from "./fault.ts";
import { decodeRequest } from "./decode_request.ts";
import { encodeRequest } from "./encode_request.ts";
import { nativeAnswer } from "./native_answer.ts";
import { nativeStream } from "./native_stream.ts";
import { openaiAnswer } from "./openai_answer.ts";
import { openaiStream } from "./openai_stream.ts";
import { peekRequest } from "./peek_request.ts";

/**
 * Workers AI's `/ai/run/{model}`, in both roles. Its newer models answer in OpenAI's words inside Cloudflare's
 * envelope, its older ones in words of their own, and one stream may mix the two; requests are OpenAI's but for a
 * few members. So this is what lies between that protocol and OpenAI's, and `chat` says the rest: a codec of
 * OpenAI's chat, with what these models do otherwise.
 *
 * @example
 * ```ts
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 * import { workersAiRun } from "dragoman/codecs/workers_ai_run";
 *
 * const codec = workersAiRun(openaiChat());
 * const text = JSON.stringify({ result: { response: "Good morning." }, success: true });
 * const answer = codec.decodeResponse(text, { id: "1", model: "@cf/meta/llama-3.1-8b-instruct", created: 1 });
 * console.log(answer.choices[0]?.parts[0]); // { type: 'text', content: 'Good morning.' }
 * ```
 */
export function workersAiRun(
  chat: ProviderCodec & CallerCodec,
): ProviderCodec & CallerCodec {
  return {
    protocol: "workers_ai_run",
    ...(chat.capabilities !== undefined && { capabilities: chat.capabilities }),
    delivery: ["stream"],
    withModelRules: (rules) => workersAiRun({ ...chat, ...chat.withModelRules?.(rules) }),
    peekRequest,
    ...(chat.peekOutput !== undefined && { peekOutput: chat.peekOutput }),
    decodeRequest: (body, path) => decodeRequest(chat, body, path),
    ...(chat.fetchesMedia !== undefined && { fetchesMedia: chat.fetchesMedia }),
    encodeRequest: (request, options) => encodeRequest(chat, request, options),
    decodeResponse: (text, defaults) => chat.decodeResponse(openaiAnswer(text), defaults),
    encodeResponse: (response) => nativeAnswer(chat.encodeResponse(response)),
    decodeError: (status, text, headers) => decodeError(chat, status, text, headers),
    encodeError,
    encodeStreamError,
    streamDecoder: (defaults) => openaiStream(chat.streamDecoder(defaults)),
    streamEncoder: (wishes) => nativeStream(chat.streamEncoder(wishes)),
  };
}
