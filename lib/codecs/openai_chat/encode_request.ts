/** A neutral request → OpenAI's, with the deviations of the provider's profile. */
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../../chat/request.ts";
import type { Warning } from "../../chat/warning.ts";
import { present } from "./check_request.ts";
import { encodeMessages } from "./encode_messages.ts";
import { extensionOf } from "./extension.ts";
import { isObject, type Json, objectOf, objectsOf } from "./fields.ts";
import {
  type AppliedProfile,
  applyProfile,
  type OpenAIChatProfile,
  winningName,
} from "./profile.ts";

/** Writes a request; a streamed one asks for usage wherever the provider allows it. */
export function encodeRequest(
  profile: OpenAIChatProfile,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  const applied = applyProfile(profile, options.model);
  const warnings: Warning[] = [];
  const { other_tools, stream_options, function_call, ...rest } = extensionOf(request);
  const body: Json = {
    model: options.model,
    messages: encodeMessages(request.messages, warnings),
    ...(options.stream && { stream: true }),
    ...encodeStreamOptions(request, options, applied, objectOf(stream_options)),
    ...encodeTools(request.tools ?? [], objectsOf(other_tools)),
    ...encodeSampling(request),
    ...(function_call === undefined && { tool_choice: encodeToolChoice(request.toolChoice) }),
    ...(function_call !== undefined && { function_call }),
    ...rest,
  };
  applyToBody(body, applied, warnings);
  return { path: applied.path, body: JSON.stringify(body), warnings };
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

function encodeStreamOptions(
  request: ChatRequest,
  { stream }: CallOptions,
  { asksUsage }: AppliedProfile,
  rest: Json,
): Json {
  const wish = stream && asksUsage ? true : stream ? undefined : request.streamUsage;
  const options = { ...rest, ...(wish !== undefined && { include_usage: wish }) };
  return Object.keys(options).length === 0 || (stream && !asksUsage)
    ? {}
    : { stream_options: options };
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

function applyToBody(body: Json, { renames, ignored }: AppliedProfile, warnings: Warning[]): void {
  for (const param of ignored) {
    if (body[param] !== undefined) warnings.push({ kind: "dropped", param });
    delete body[param];
  }
  for (const each of renames) {
    const { from, to } = each;
    if (body[from] === undefined) continue;
    if (body[to] === undefined || winningName(each) === from) body[to] = body[from];
    delete body[from];
    warnings.push({ kind: "renamed", param: from, to });
  }
}
