import type { CallerCodec, ModelRule, ProviderCodec, WantedThoughts } from "../../chat/codec.ts";
import { rulesForModel } from "../../chat/rules_for_model.ts";
import { FORMAT } from "./candidate_decoder.ts";
import { decodeRequest } from "./decode_request.ts";
import { decodeResponse } from "./decode_response.ts";
import { encodeError, encodeStreamError } from "./encode_error.ts";
import { canonicalModel, encodeRequest } from "./encode_request.ts";
import { encodeResponse } from "./encode_response.ts";
import { signatureOf } from "./extension.ts";
import { decodeError } from "./faults.ts";
import { fetchesMedia } from "./media_parts.ts";
import { CAPABILITIES, type GeminiModelRule, type GeminiProfile, PROTOCOL } from "./profile.ts";
import { peekOutput, peekRequest } from "./request_path.ts";
import { streamDecoder } from "./stream_decoder.ts";
import { streamEncoder } from "./stream_encoder.ts";

/** Signatures stand beside calls and words, or beside a thought of Google's own. */
const THOUGHTS: WantedThoughts = {
  family: FORMAT,
  bears: (part) =>
    part.type === "reasoning"
      ? part.format === FORMAT && part.signature !== undefined
      : signatureOf(part) !== undefined,
  proven: true,
};

/** AI Studio's, with nothing known about models. */
const PLAIN: GeminiProfile = {
  modelPrefix: "models/",
  callIds: true,
  takes: ["serviceTier", "store", "includeServerSideToolInvocations"],
  jsonSchema: true,
  formatWithTools: true,
  builtinWithTools: true,
  validated: true,
  mediaInResults: true,
};

/**
 * Google's `generateContent` and `streamGenerateContent`, as Gemini's API and Vertex AI speak it; `profile`
 * says what platform and models take.
 *
 * @example
 * ```ts
 * import { geminiGenerate } from "dragoman/codecs/gemini_generate";
 *
 * const codec = geminiGenerate();
 * const messages = [{ role: "user" as const, parts: [{ type: "text" as const, content: "Hi" }] }];
 * const request = { model: "gemini-2.5-flash", stream: false, messages };
 * console.log(codec.encodeRequest(request, request).path); // /models/gemini-2.5-flash:generateContent
 * ```
 */
export function geminiGenerate(profile: GeminiProfile = PLAIN): ProviderCodec & CallerCodec {
  const applied = rulesForModel<GeminiProfile>(profile, profile.models ?? []);
  return {
    protocol: PROTOCOL,
    capabilities: CAPABILITIES,
    withModelRules: (rules: readonly ModelRule[]) =>
      geminiGenerate({
        ...profile,
        models: [...profile.models ?? [], ...rules as readonly GeminiModelRule[]],
      }),
    fetchesMedia: (part, model) => fetchesMedia(applied(model), part),
    encodeRequest: (request, options) => encodeRequest(applied(options.model), request, options),
    decodeResponse,
    canonicalModel: (model) => canonicalModel(profile, model),
    peekRequest,
    peekOutput,
    decodeRequest,
    encodeResponse,
    decodeError,
    encodeError,
    encodeStreamError,
    streamDecoder,
    streamEncoder,
    wantsThoughts: () => THOUGHTS,
  };
}
