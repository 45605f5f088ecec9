/** A chat request of OpenAI's dialect → neutral. https://platform.openai.com/docs/api-reference/chat/create */
import { ASKED_COST } from "../../chat/asked_cost.ts";
import type { ChatRequest } from "../../chat/request.ts";
import {
  readBoolean,
  readNumber,
  readObjects,
  readString,
  refuse,
} from "../../json/read_members.ts";
import { decodeMessages } from "./decode_messages.ts";
import { decodeFormat, decodeTools } from "./decode_tools.ts";
import { extend } from "./extension.ts";
import { isObject, type Json, objectOf, present, restOf } from "../../json/fields.ts";

const USAGE_WISH = new Set(["include_usage"]);

/** Parameters the neutral language has words for; `response_format` and `stream_options` only in part. */
const KNOWN = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "tools",
  "tool_choice",
  "functions",
  "function_call",
  "parallel_tool_calls",
  "response_format",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "n",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
  "user",
  "metadata",
  ASKED_COST,
]);

/** Reads a request; what only this protocol can say goes to the extensions. Throws 2019 naming the parameter. */
export function decodeRequest(body: Json): ChatRequest {
  const messages = readObjects(body, "messages") ?? refuse("messages", "an array of messages");
  const { rest: toolRest, ...tools } = decodeTools(body);
  const stream = readBoolean(body, "stream") ?? false;
  return {
    model: readString(body, "model") ?? refuse("model", "a string"),
    messages: decodeMessages(messages),
    stream,
    ...tools,
    ...present({
      streamUsage: readBoolean(objectOf(body.stream_options), "include_usage"),
      parallelToolCalls: readBoolean(body, "parallel_tool_calls"),
      outputFormat: decodeFormat(body.response_format),
      maxTokens: readNumber(body, "max_completion_tokens") ?? readNumber(body, "max_tokens"),
      logprobs: decodeLogprobs(body),
      stopSequences: decodeStop(body.stop),
      metadata: isMetadata(body.metadata) ? body.metadata : undefined,
    }),
    ...decodeSampling(body),
    ...extend({ ...restOf(body, KNOWN), ...toolRest, ...decodeRest(body) }),
  };
}

function decodeSampling(body: Json): Partial<ChatRequest> {
  return present({
    temperature: readNumber(body, "temperature"),
    topP: readNumber(body, "top_p"),
    seed: readNumber(body, "seed"),
    frequencyPenalty: readNumber(body, "frequency_penalty"),
    presencePenalty: readNumber(body, "presence_penalty"),
    choiceCount: readNumber(body, "n"),
    reasoningEffort: readString(body, "reasoning_effort"),
    user: readString(body, "user"),
  });
}

/** What a neutral field says only in part. */
function decodeRest(body: Json): Json {
  const options = restOf(objectOf(body.stream_options), USAGE_WISH);
  const format = body.response_format ?? undefined;
  const unknownFormat = format !== undefined && decodeFormat(format) === undefined;
  const loose = body.metadata !== undefined && body.metadata !== null && !isMetadata(body.metadata);
  const topAlone = body.logprobs !== true && typeof body.top_logprobs === "number";
  return {
    ...(Object.keys(options).length > 0 && { stream_options: options }),
    ...(unknownFormat && { response_format: format }),
    ...(loose && { metadata: body.metadata }),
    ...(topAlone && { top_logprobs: body.top_logprobs }),
  };
}

function decodeLogprobs(body: Json): ChatRequest["logprobs"] {
  if (readBoolean(body, "logprobs") !== true) return undefined;
  const top = readNumber(body, "top_logprobs");
  return top === undefined ? {} : { top };
}

function decodeStop(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  const list: unknown[] = Array.isArray(stop) ? stop : [stop];
  if (!list.every((each) => typeof each === "string")) {
    refuse("stop", "a string or an array of strings");
  }
  return list.length === 0 ? undefined : list;
}

function isMetadata(metadata: unknown): metadata is Record<string, string> {
  return isObject(metadata) && Object.values(metadata).every((value) => typeof value === "string");
}
