import type { CallerCodec, ProviderCodec } from "../../chat/codec.ts";
import { rulesForModel } from "../../chat/rules_for_model.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { decodeError } from "./fault.ts";
import { peekOutput, peekRequest } from "./peek_request.ts";
import {
  CAPABILITIES,
  type CohereModelRule,
  type CohereProfile,
  PROTOCOL,
  UNKNOWN_MODEL,
} from "./profile.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";

/**
 * Cohere's chat, second version, in both roles; `profile` says what its models can do.
 *
 * @example
 * ```ts
 * import { cohereChat } from "dragoman/codecs/cohere_chat";
 *
 * const codec = cohereChat({ models: [{ match: "^command-r", thinking: false }] });
 * const request = codec.decodeRequest({ model: "m", messages: [{ role: "user", content: "Hi" }] });
 * console.log(codec.encodeRequest(request, { model: "command-r7b", stream: false }).path); // /chat
 * ```
 */
export function cohereChat(profile: CohereProfile = {}): ProviderCodec & CallerCodec {
  const { models = [] } = profile;
  const capabilities = rulesForModel(UNKNOWN_MODEL, models);
  return {
    protocol: PROTOCOL,
    capabilities: CAPABILITIES,
    delivery: ["stream"],
    withModelRules: (rules) =>
      cohereChat({ models: [...models, ...rules as readonly CohereModelRule[]] }),
    peekRequest,
    peekOutput,
    decodeRequest,
    encodeRequest: (request, options) =>
      encodeRequest(capabilities(options.model), request, options),
    decodeResponse,
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder,
    streamEncoder,
  };
}
