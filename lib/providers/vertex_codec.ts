/**
 * Vertex AI speaks one protocol a publisher: Google's own for `google/…` and models without a publisher,
 * Anthropic's for `anthropic/…`. Which one an answer is in shows in its first characters, so that routes may
 * give a model any name.
 */
import type { CallOptions, ModelRule, ProviderCodec } from "../chat/codec.ts";
import type { ChatEvent } from "../chat/event.ts";
import { isObject, parseJson } from "../json/fields.ts";
import type { Step } from "../stream/step.ts";

const CLAUDE = "anthropic/";

/** One codec of the two. */
export function vertexCodec(gemini: ProviderCodec, claude: ProviderCodec): ProviderCodec {
  const speakerOf = (body: string) => isClaude(parseJson(body)) ? claude : gemini;
  return {
    protocol: "google_vertex",
    capabilities: { ...claude.capabilities, ...gemini.capabilities },
    withModelRules: (rules) => vertexCodec(ruled(gemini, rules), ruled(claude, rules)),
    encodeRequest(request, options) {
      if (!options.model.startsWith(CLAUDE)) return gemini.encodeRequest(request, options);
      return claude.encodeRequest(request, plain(options));
    },
    decodeResponse: (text, defaults) => speakerOf(text).decodeResponse(text, defaults),
    decodeError: (status, text, headers) => speakerOf(text).decodeError(status, text, headers),
    streamDecoder(defaults) {
      return chosenDecoder((named) => (named ? claude : gemini).streamDecoder(defaults));
    },
  };
}

function ruled(codec: ProviderCodec, rules: readonly ModelRule[]): ProviderCodec {
  return codec.withModelRules?.(rules) ?? codec;
}

function plain(options: CallOptions): CallOptions {
  return { ...options, model: options.model.slice(CLAUDE.length) };
}

/** Anthropic's answers and errors all name their type. Google's errors come from either publisher. */
function isClaude(body: unknown): boolean {
  return isObject(body) && typeof body.type === "string";
}

/** Anthropic's events have names, so its streams begin with `event:`. */
const FIRST_OF_EVENT = 0x65;

function chosenDecoder(
  choose: (named: boolean) => Step<Uint8Array, ChatEvent>,
): Step<Uint8Array, ChatEvent> {
  let chosen: Step<Uint8Array, ChatEvent> | undefined;
  return {
    push(bytes) {
      if (chosen !== undefined) return chosen.push(bytes);
      const first = bytes.find((byte) => byte > 0x20);
      if (first === undefined) return [];
      chosen = choose(first === FIRST_OF_EVENT);
      return chosen.push(bytes);
    },
    end: () => chosen?.end() ?? [],
  };
}
