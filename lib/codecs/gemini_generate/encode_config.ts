/** `generationConfig` and what stands beside it. https://ai.google.dev/api/generate-content#generationconfig */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat } from "../../chat/request.ts";
import { isObject, type Json, objectOf, present, textOf } from "../../json/fields.ts";
import { encodeJsonSchema } from "./encode_schema.ts";
import { extensionOf } from "./extension.ts";
import { encodeOpenapiSchema } from "./openapi_schema.ts";
import type { GeminiProfile } from "./profile.ts";

const MOST_STOPS = 5;
const MOST_CANDIDATES = 8;
const MOST_LOGPROBS = 20;

/** Writes the settings of the generation; what the model refuses is left out and reported. */
export function encodeConfig(profile: GeminiProfile, request: ChatRequest, losses: Losses): Json {
  const own = objectOf(extensionOf(request).generationConfig);
  const allowed = (param: string, asked: unknown) => {
    if (asked === undefined) return false;
    if (profile.drops?.includes(param) !== true) return true;
    losses.dropped(param);
    return false;
  };
  const given = <T>(param: string, value: T | undefined) =>
    allowed(param, value) ? value : undefined;
  const logprobs = given("logprobs", request.logprobs);
  return {
    ...present({
      maxOutputTokens: request.maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: encodeStops(request.stopSequences, losses),
      seed: given("seed", encodeSeed(request.seed, losses)),
      frequencyPenalty: given("frequency_penalty", request.frequencyPenalty),
      presencePenalty: given("presence_penalty", request.presencePenalty),
      candidateCount: given("n", clamp("n", request.choiceCount, 1, MOST_CANDIDATES, losses)),
      responseLogprobs: logprobs && true,
      logprobs: clamp("top_logprobs", logprobs?.top || undefined, 1, MOST_LOGPROBS, losses),
    }),
    ...encodeFormat(profile, request, losses),
    ...(own.thinkingConfig === undefined &&
      encodeThinking(profile, request.reasoningEffort, losses)),
    ...own,
  };
}

function clamp(
  param: string,
  value: number | undefined,
  least: number,
  most: number,
  losses: Losses,
): number | undefined {
  if (value === undefined) return undefined;
  const inside = Math.min(Math.max(value, least), most);
  if (inside !== value) losses.clamped(param, value, inside);
  return inside;
}

function encodeStops(stops: string[] | undefined, losses: Losses): string[] | undefined {
  if (stops === undefined || stops.length <= MOST_STOPS) return stops;
  losses.clamped("stop", stops.length, MOST_STOPS);
  return stops.slice(0, MOST_STOPS);
}

/** 32 bits with a sign: a larger seed becomes the same smaller one every time. */
function encodeSeed(seed: number | undefined, losses: Losses): number | undefined {
  if (seed === undefined) return undefined;
  const short = Math.trunc(seed) % 2 ** 31;
  if (short !== seed) losses.clamped("seed", seed, short);
  return short;
}

function encodeFormat(profile: GeminiProfile, request: ChatRequest, losses: Losses): Json {
  const format = request.outputFormat;
  if (format === undefined || format.type === "text") return {};
  if (request.tools !== undefined && request.tools.length > 0 && !profile.formatWithTools) {
    // "Function calling with a response mime type is unsupported": the tools matter more.
    losses.dropped("response_format");
    return {};
  }
  const written = objectOf(extensionOf(request).generationConfig).responseSchema !== undefined;
  return {
    responseMimeType: "application/json",
    ...(!written && schemaOf(profile, format, losses)),
  };
}

function schemaOf(profile: GeminiProfile, format: OutputFormat, losses: Losses): Json {
  if (format.type !== "json_schema" || !isObject(format.schema)) return {};
  const param = "response_format.json_schema";
  const schema = textOf(format.description) === undefined || "description" in format.schema
    ? format.schema
    : { ...format.schema, description: format.description };
  return profile.jsonSchema === true
    ? { responseJsonSchema: encodeJsonSchema(schema, losses, param) }
    : { responseSchema: encodeOpenapiSchema(schema, losses, param) };
}

/** Level and budget exclude each other; which one a model takes is in its rule. */
function encodeThinking(
  { efforts = {} }: GeminiProfile,
  effort: string | undefined,
  losses: Losses,
): Json {
  if (effort === undefined) return {};
  const value = efforts[effort] ?? efforts["*"];
  if (value === undefined) {
    // Without a table the model does not think at all, which is what "none" asks for.
    if (effort !== "none") losses.dropped("reasoning_effort");
    return {};
  }
  const amount = typeof value === "number" ? { thinkingBudget: value } : { thinkingLevel: value };
  const hidden = effort === "none" || value === 0;
  return { thinkingConfig: { ...amount, ...(!hidden && { includeThoughts: true }) } };
}
