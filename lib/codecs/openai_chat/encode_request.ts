/** A neutral request → OpenAI's, with the deviations of the provider's profile. */
import { refuseUnfetched } from "../../chat/addressed_media.ts";
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../../chat/request.ts";
import { adaptRequest } from "./adapt_request.ts";
import type { AppliedProfile } from "./apply_profile.ts";
import { encodeMessages } from "./encode_messages.ts";
import { extensionOf } from "./extension.ts";
import { reportForeignWords } from "./foreign_losses.ts";
import { fetchesMedia } from "./media_parts.ts";
import { isObject, type Json, objectOf, objectsOf, present } from "../../json/fields.ts";
import { Losses } from "../../chat/losses.ts";

/** Writes a request in OpenAI's words, then in the provider's. */
export function encodeRequest(
  profile: AppliedProfile,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  refuseUnfetched(request.messages, (part) => fetchesMedia(profile, part));
  const losses = new Losses();
  reportForeignWords(request, losses);
  const { other_tools, stream_options, function_call, ...rest } = extensionOf(request);
  const body: Json = {
    model: options.model,
    messages: encodeMessages(request.messages, losses),
    ...(options.stream && { stream: true }),
    ...encodeStreamOptions(request, objectOf(stream_options)),
    ...encodeTools(request.tools ?? [], objectsOf(other_tools)),
    ...encodeSampling(request),
    ...(function_call === undefined && { tool_choice: encodeToolChoice(request.toolChoice) }),
    ...(function_call !== undefined && { function_call }),
    ...rest,
  };
  const adapted = adaptRequest(profile, body, options, losses);
  return { path: profile.path, body: JSON.stringify(adapted), warnings: losses.warnings };
}

function encodeSampling(request: ChatRequest): Json {
  return present({
    parallel_tool_calls: request.parallelToolCalls,
    response_format: encodeFormat(request.outputFormat),
    max_completion_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stopSequences,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    n: request.choiceCount,
    logprobs: request.logprobs && true,
    top_logprobs: request.logprobs?.top,
    reasoning_effort: request.reasoningEffort,
    user: request.user,
    metadata: request.metadata,
  });
}

function encodeStreamOptions({ streamUsage }: ChatRequest, rest: Json): Json {
  const options = { ...rest, ...present({ include_usage: streamUsage }) };
  return Object.keys(options).length === 0 ? {} : { stream_options: options };
}

/** Tools in their order, deprecated functions apart, the provider's own tools back at their places. */
function encodeTools(tools: readonly Tool[], others: readonly Json[]): Json {
  const isLegacy = (tool: Tool) => extensionOf(tool).legacy === true;
  const list = tools.filter((tool) => !isLegacy(tool)).map(encodeTool);
  for (const { at, tool } of others) if (isObject(tool)) list.splice(Number(at), 0, tool);
  const functions = tools.filter(isLegacy).map(encodeFunction);
  return { ...(list.length > 0 && { tools: list }), ...(functions.length > 0 && { functions }) };
}

function encodeTool(tool: Tool): Json {
  const { inner: _, ...rest } = extensionOf(tool);
  const called = tool.kind === "custom"
    ? { custom: encodeFunction(tool) }
    : { function: encodeFunction(tool) };
  return { type: tool.kind, ...called, ...rest };
}

function encodeFunction(tool: Tool): Json {
  const { name, description, parameters, strict } = tool;
  return {
    name,
    ...present({ description, parameters, strict }),
    ...objectOf(extensionOf(tool).inner),
  };
}

function encodeToolChoice(choice: ToolChoice | undefined): unknown {
  if (choice?.type !== "tool") return choice?.type;
  return { type: choice.kind, [choice.kind]: { name: choice.name } };
}

function encodeFormat(format: OutputFormat | undefined): Json | undefined {
  if (format === undefined) return undefined;
  if (format.type !== "json_schema") {
    return { type: format.type === "json" ? "json_object" : "text" };
  }
  const { type, ...schema } = format;
  return { type, json_schema: schema };
}
