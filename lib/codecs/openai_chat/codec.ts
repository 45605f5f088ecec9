import type { CallerCodec, ProviderCodec } from "../../chat/codec.ts";
import { decodeError } from "./decode_error.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { peekRequest } from "./peek_request.ts";
import { type OpenAIChatProfile, PROTOCOL } from "./profile.ts";
import { relayRequest } from "./relay_request.ts";
import { relayResponse } from "./relay_response.ts";
import { relayStream } from "./relay_stream.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";

/**
 * OpenAI's chat completions, in both roles; `profile` says what a provider that is like OpenAI does
 * otherwise.
 *
 * @example
 * ```ts
 * const groq = openaiChat({ ignored: ["logprobs", "top_logprobs", "logit_bias"] });
 * ```
 */
export function openaiChat(profile: OpenAIChatProfile = {}): ProviderCodec & CallerCodec {
  return {
    protocol: PROTOCOL,
    peekRequest,
    decodeRequest,
    encodeRequest: (request, options) => encodeRequest(profile, request, options),
    decodeResponse,
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder,
    streamEncoder,
    relay: {
      relayRequest: (body, options) => relayRequest(profile, body, options),
      relayResponse: (text, defaults) => relayResponse(profile, text, defaults),
      relayStream: (wishes, defaults) => relayStream(profile, wishes, defaults),
    },
  };
}
