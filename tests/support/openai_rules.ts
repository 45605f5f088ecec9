/** What OpenAI refuses in a chat request, with the status it gives: https://platform.openai.com/docs/api-reference/chat */
import type { Failure, Json } from "./scripted_upstream.ts";

const PARAMETERS = new Set(
  ("audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens " +
    "max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction " +
    "presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention " +
    "reasoning_effort response_format safety_identifier seed service_tier stop store stream " +
    "stream_options temperature tool_choice tools top_logprobs top_p user verbosity " +
    "web_search_options").split(" "),
);
const MODELS = new Set(["gpt-4o-mini", "gpt-5-mini", "o4-mini"]);
const REASONING = /^(o\d|gpt-[5-9])/;
const PART_TYPES: Record<string, readonly string[]> = {
  system: ["text"],
  developer: ["text"],
  tool: ["text"],
  user: ["text", "image_url", "input_audio", "file"],
  assistant: ["text", "refusal"],
};

function refused(message: string, param: string | null, code: string | null = null): Failure {
  return { status: 400, error: { message, type: "invalid_request_error", param, code } };
}

/** The first thing wrong with a request body; nothing where OpenAI would answer. */
export function findFault(body: Json): Failure | undefined {
  return checkParameters(body) ?? checkModel(body) ?? checkCombinations(body) ??
    checkMessages(body.messages) ?? checkFormat(body.response_format);
}

function checkParameters(body: Json): Failure | undefined {
  for (const name of Object.keys(body)) {
    if (!PARAMETERS.has(name)) {
      return refused(`There is no parameter '${name}'.`, name, "unknown_parameter");
    }
  }
  return undefined;
}

function checkModel({ model, max_tokens }: Json): Failure | undefined {
  if (typeof model !== "string") return refused("A model is needed.", "model");
  if (model.includes("/")) return refused("That is no model id.", "model", "invalid_model_id");
  if (!MODELS.has(model)) {
    const error = { message: `Nobody here is called '${model}'.`, param: null };
    return {
      status: 404,
      error: { ...error, type: "invalid_request_error", code: "model_not_found" },
    };
  }
  if (max_tokens === undefined || !REASONING.test(model)) return undefined;
  const message = "'max_tokens' is not for this model: use 'max_completion_tokens'.";
  return refused(message, "max_tokens", "unsupported_parameter");
}

function checkCombinations(body: Json): Failure | undefined {
  for (const name of ["parallel_tool_calls", "tool_choice"]) {
    if (name in body && !("tools" in body)) return refused(`'${name}' needs 'tools'.`, name);
  }
  if (Array.isArray(body.tools) && body.tools.length === 0) {
    return refused("The array of tools is empty.", "tools", "empty_array");
  }
  if ("stream_options" in body && body.stream !== true) {
    return refused("'stream_options' is only for streams.", "stream_options");
  }
  if ("top_logprobs" in body && body.logprobs !== true) {
    return refused("'top_logprobs' needs 'logprobs'.", "top_logprobs");
  }
  return undefined;
}

/** Every call of an assistant is answered at once, and nothing is answered that was not called. */
function checkMessages(messages: unknown): Failure | undefined {
  if (!Array.isArray(messages)) return refused("Messages are needed.", "messages");
  if (messages.length === 0) return refused("There are no messages.", "messages", "empty_array");
  let owed = new Set<unknown>();
  for (const [at, message] of (messages as Json[]).entries()) {
    const param = `messages.[${at}]`;
    const fault = checkContent(message, param);
    if (fault !== undefined) return fault;
    if (message.role === "tool") {
      if (!owed.delete(message.tool_call_id)) {
        return refused("A tool answers what was not called.", `${param}.role`);
      }
      continue;
    }
    if (owed.size > 0) return refused(`Calls without an answer: ${[...owed].join(", ")}.`, param);
    owed = new Set(((message.tool_calls ?? []) as Json[]).map(({ id }) => id));
    if ([...owed].some((id) => typeof id !== "string" || id.length > 40)) {
      return refused("A call's id has 1 to 40 characters.", `${param}.tool_calls`);
    }
  }
  return owed.size === 0 ? undefined : refused("The last calls have no answer.", "messages");
}

function checkContent(message: Json, param: string): Failure | undefined {
  const { role, content, tool_calls } = message;
  const types = PART_TYPES[String(role)];
  if (types === undefined) return refused(`'${role}' is no role.`, `${param}.role`);
  if (Array.isArray(content)) {
    for (const { type } of content as Json[]) {
      if (!types.includes(String(type))) return refused(`No such part: '${type}'.`, param);
    }
  } else if (typeof content !== "string" && tool_calls === undefined) {
    return refused("Content is a text or an array.", `${param}.content`);
  }
  return undefined;
}

/** A strict schema closes its objects and requires all of their properties. */
function checkFormat(format: unknown): Failure | undefined {
  const { type, json_schema } = (format ?? {}) as { type?: string; json_schema?: Json };
  if (type !== "json_schema") return undefined;
  if (typeof json_schema?.name !== "string") {
    return refused("A schema needs a name.", "response_format.json_schema.name");
  }
  const { properties = {}, required, additionalProperties } = json_schema.schema as Json;
  const names = Object.keys(properties as Json);
  const all = Array.isArray(required) && names.every((name) => required.includes(name));
  if (json_schema.strict !== true || (all && additionalProperties === false)) return undefined;
  return refused("A strict schema requires everything.", "response_format", "invalid_schema");
}
