import type { CallerCodec, ProviderCodec } from "../../chat/codec.ts";
import { rulesForModel } from "../../chat/rules_for_model.ts";
import { bytesOfText } from "../../byte_text.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { fetchesMedia, isTaken } from "./encode_blocks.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { decodeError } from "./fault.ts";
import { peekOutput, peekRequest } from "./peek_request.ts";
import { canonicalModel } from "./request_path.ts";
import {
  type BedrockModelRule,
  type BedrockProfile,
  CAPABILITIES,
  PROTOCOL,
  UNKNOWN_MODEL,
} from "./profile.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";

/**
 * Amazon's Converse and ConverseStream, in both roles; `profile` says what the models can do.
 *
 * @example
 * ```ts
 * import { bedrockConverse } from "dragoman/codecs/bedrock_converse";
 *
 * const codec = bedrockConverse();
 * const request = codec.decodeRequest(
 *   { messages: [{ role: "user", content: [{ text: "Hello" }] }] },
 *   "/model/amazon.nova-lite-v1%3A0/converse",
 * );
 * console.log(request.model); // amazon.nova-lite-v1:0
 * ```
 */
export function bedrockConverse(profile: BedrockProfile = {}): ProviderCodec & CallerCodec {
  const { models = [] } = profile;
  const capabilities = rulesForModel(UNKNOWN_MODEL, models);
  const signaturesOf = (model: string) => capabilities(model).signatures;
  return {
    protocol: PROTOCOL,
    capabilities: CAPABILITIES,
    withModelRules: (rules) =>
      bedrockConverse({ models: [...models, ...rules as readonly BedrockModelRule[]] }),
    peekRequest,
    peekOutput,
    canonicalModel,
    decodeRequest: (body, path) => decodeRequest(body, path, signaturesOf),
    fetchesMedia,
    encodeRequest: (request, options) =>
      encodeRequest(capabilities(options.model), request, options),
    decodeResponse: (text, defaults) =>
      decodeResponse(text, defaults, signaturesOf(defaults.model)),
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder: (defaults) => streamDecoder(defaults, signaturesOf(defaults.model)),
    streamEncoder,
    wantsThoughts(model) {
      const known = capabilities(model);
      const { replay, signatures } = known;
      if (replay === "none") return undefined;
      return {
        // Where nobody says whose they are, they are the model's own.
        family: signatures || model,
        bears: (part) => isTaken(part, known),
        proven: replay === "signed",
      };
    },
    bytesOf: bytesOfText,
  };
}
