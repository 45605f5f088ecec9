/**
 * Google's own settings as callers of other dialects write them: in snake case beside the usual
 * parameters, or under `google`, as Google's OpenAI-compatible endpoint takes them.
 * https://ai.google.dev/gemini-api/docs/openai#extra-body
 */
import { type ForeignWords, reportForeign, reportMembers } from "../../chat/foreign_losses.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { type Json, objectOf, textOf } from "../../json/fields.ts";
import { camelValue } from "./camel_case.ts";
import { foreignOf } from "./extension.ts";
import { type GeminiProfile, PROTOCOL } from "./profile.ts";

/** What the other dialects' words become. */
export interface TranslatedWords {
  /** Top-level members. */
  body: Json;
  /** Members of `generationConfig`. */
  config: Json;
}

/** Read elsewhere, or bookkeeping that asks for nothing. */
const ELSEWHERE = new Set([
  "other_tools",
  "web_search_options",
  "tool_choice",
  "function_call",
  "stream_options",
]);

const BODY: Readonly<Record<string, string>> = {
  safety_settings: "safetySettings",
  cached_content: "cachedContent",
  labels: "labels",
};

const CONFIG: Readonly<Record<string, string>> = {
  top_k: "topK",
  thinking_config: "thinkingConfig",
  media_resolution: "mediaResolution",
  image_config: "imageConfig",
  speech_config: "speechConfig",
};

/** Translates what Google has a word for and reports the rest, by the caller's names. */
export function encodeForeign(
  profile: GeminiProfile,
  request: ChatRequest,
  losses: Losses,
): TranslatedWords {
  const { google, extra_body, ...own } = foreignOf(request);
  const extra = [google, objectOf(extra_body).google].map(objectOf);
  reportForeign(request, PROTOCOL, inside(profile), losses);
  reportMembers(own.stream_options, "stream_options", losses);
  const words: TranslatedWords = { body: {}, config: {} };
  for (const [param, value] of Object.entries(Object.assign({}, own, ...extra) as Json)) {
    if (ELSEWHERE.has(param) || value === null) continue;
    if (!translate(profile, param, value, words)) losses.dropped(param);
  }
  if (request.metadata !== undefined) putLabels(profile, request.metadata, words, losses);
  if (request.user !== undefined) losses.dropped("user");
  return words;
}

/** Where clients keep Google's signatures, which go back to it. */
const SIGNED: ReadonlySet<string> = new Set([
  "extra_content",
  "provider_specific_fields",
  "thought_signature",
]);

/** What is understood inside messages and tools. */
function inside({ partDetail }: GeminiProfile): ForeignWords {
  const details: unknown[] = partDetail === true ? ["auto", "low", "high"] : ["auto"];
  return {
    message: (name) => SIGNED.has(name),
    part: (name, value) => SIGNED.has(name) || (name === "detail" && details.includes(value)),
    tool: (name, value) => name === "format" && objectOf(value).type === "text",
  };
}

function translate(
  { takes }: GeminiProfile,
  param: string,
  value: unknown,
  { body, config }: TranslatedWords,
): boolean {
  const member = BODY[param];
  if (member !== undefined && (member !== "labels" || takes.includes(member))) {
    body[member] = camelValue(value);
    return true;
  }
  const setting = CONFIG[param];
  if (setting !== undefined) {
    config[setting] = camelValue(value);
    return true;
  }
  switch (param) {
    case "service_tier":
      return putTier(takes, value, body);
    case "modalities":
      config.responseModalities = [value].flat().map((each) => String(each).toUpperCase());
      return true;
    case "audio":
      return putVoice(value, config);
    default:
      return false;
  }
}

/** `auto` is what is done without a word. */
function putTier(takes: readonly string[], value: unknown, body: Json): boolean {
  if (value === "auto") return true;
  if (!takes.includes("serviceTier")) return false;
  if (value !== "default" && value !== "flex" && value !== "priority") return false;
  body.serviceTier = value === "default" ? "standard" : value;
  return true;
}

function putVoice(audio: unknown, config: Json): boolean {
  const voiceName = textOf(objectOf(audio).voice);
  if (voiceName === undefined) return false;
  config.speechConfig = { voiceConfig: { prebuiltVoiceConfig: { voiceName } } };
  return true;
}

/** Labels are lower case and short. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/add-labels-to-api-calls */
function putLabels(
  { takes }: GeminiProfile,
  metadata: Record<string, string>,
  { body }: TranslatedWords,
  losses: Losses,
): void {
  if (!takes.includes("labels")) return losses.dropped("metadata");
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9_-]/g, "_").slice(0, 63);
  const labels = Object.entries(metadata).map(([key, value]) =>
    [plain(key), plain(value)] as const
  );
  const same = labels.every(([key, value]) => metadata[key] === value);
  if (!same) losses.emulated("metadata");
  body.labels = { ...Object.fromEntries(labels), ...objectOf(body.labels) };
}
