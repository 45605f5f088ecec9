import type { CallerCodec, ProviderCodec } from "../../chat/codec.ts";
import { profileReader } from "./apply_profile.ts";
import { decodeError } from "./decode_error.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { peekFallbacks, peekOutput, peekRequest } from "./peek_request.ts";
import { endsWell } from "./ends_well.ts";
import { fetchesMedia } from "./media_parts.ts";
import { CAPABILITIES, type ModelDeviations, type OpenAIChatProfile, PROTOCOL } from "./profile.ts";
import { relayRequest } from "./relay_request.ts";
import { relayResponse } from "./relay_response.ts";
import { relayStream } from "./relay_stream.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";
import { usesTools, wantedWords } from "./wanted_words.ts";

/**
 * OpenAI's chat completions, in both roles; `profile` says what a provider that is like OpenAI does
 * otherwise.
 *
 * @example
 * ```ts
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const groq = openaiChat({ drops: ["logprobs", "top_logprobs", "logit_bias"] });
 * console.log(groq.protocol); // openai_chat
 * ```
 */
export function openaiChat(profile: OpenAIChatProfile = {}): ProviderCodec & CallerCodec {
  const applied = profileReader(profile);
  return {
    protocol: PROTOCOL,
    capabilities: CAPABILITIES,
    endsWell,
    delivery: ["stream", "stream_options"],
    withModelRules: (rules) =>
      openaiChat({
        ...profile,
        models: [...profile.models ?? [], ...rules as readonly ModelDeviations[]],
      }),
    peekRequest,
    peekOutput,
    peekFallbacks,
    decodeRequest,
    fetchesMedia: (part, model) => fetchesMedia(applied(model), part),
    encodeRequest: (request, options) => encodeRequest(applied(options.model), request, options),
    decodeResponse: (text, defaults) => decodeResponse(profile, text, defaults),
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder: (defaults) => streamDecoder(profile, defaults),
    streamEncoder,
    wantsThoughts: (model) =>
      applied(model).reasoningRequired === true ? wantedWords(model) : undefined,
    relay: {
      relayRequest: (body, options) => relayRequest(applied(options.model), body, options),
      relayResponse: (text, defaults, cost) => relayResponse(profile, text, defaults, cost),
      relayStream: (wishes, defaults) => relayStream(profile, wishes, defaults),
      usesTools,
    },
  };
}
