import type { CallerCodec, ProviderCodec, WantedThoughts } from "../../chat/codec.ts";
import { isSigned } from "../../chat/thinking.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { endsWell } from "./ends_well.ts";
import { fetchesMedia } from "./encode_media.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { decodeError } from "./faults.ts";
import { capabilityReader } from "./model_capabilities.ts";
import { peekOutput, peekRequest } from "./peek_request.ts";
import {
  type AnthropicMessagesProfile,
  CAPABILITIES,
  type ModelCapabilityRule,
  PROTOCOL,
  THINKING_FORMAT,
} from "./profile.ts";
import { relayFor } from "./relay.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";

/** The same on every platform. */
const THOUGHTS: WantedThoughts = {
  family: THINKING_FORMAT,
  bears: (part) => isSigned(part, THINKING_FORMAT),
  proven: true,
};

/**
 * Anthropic's Messages API, in both roles; `profile` says what a platform that serves Claude does
 * otherwise, and what depends on the model.
 *
 * @example
 * ```ts
 * import { anthropicMessages } from "dragoman/codecs/anthropic_messages";
 *
 * const codec = anthropicMessages();
 * const request = codec.decodeRequest({
 *   model: "claude-sonnet-4-5",
 *   max_tokens: 100,
 *   messages: [{ role: "user", content: "Hello" }],
 * });
 * console.log(request.maxTokens, codec.protocol); // 100 anthropic_messages
 * ```
 */
export function anthropicMessages(
  profile: AnthropicMessagesProfile = {},
): ProviderCodec & CallerCodec {
  const capabilitiesOf = capabilityReader(profile);
  return {
    protocol: PROTOCOL,
    capabilities: CAPABILITIES,
    endsWell,
    delivery: ["stream"],
    withModelRules: (rules) =>
      anthropicMessages({
        ...profile,
        models: [...profile.models ?? [], ...rules as readonly ModelCapabilityRule[]],
      }),
    peekRequest,
    peekOutput,
    decodeRequest,
    fetchesMedia: (part) => fetchesMedia(profile, part),
    encodeRequest: (request, options) =>
      encodeRequest(profile, capabilitiesOf(options.model), request, options),
    decodeResponse,
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder,
    streamEncoder,
    wantsThoughts: (model) => capabilitiesOf(model).thinking === "none" ? undefined : THOUGHTS,
    relay: relayFor(profile),
  };
}
