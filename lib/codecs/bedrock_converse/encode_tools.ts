/** Tools and the choice among them. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Tool } from "../../chat/request.ts";
import { encodeToolName } from "../../chat/tool_name.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { CachePoints } from "./cache_points.ts";
import { type BedrockCapabilities, extensionOf } from "./profile.ts";

/** What of a request concerns tools. */
export interface EncodedTools {
  toolConfig?: Json;
  /** For `additionalModelRequestFields`. */
  additional: Json;
  /** What the model must be told. */
  told?: string;
}

/** What writing the tools of one request needs to know. */
export interface ToolContext {
  capabilities: BedrockCapabilities;
  losses: Losses;
  points: CachePoints;
  /** The model is told to think, which forbids forcing it to call. */
  thinking: boolean;
}

/** Writes tools; a conversation with calls in it is refused without any ("toolConfig must be defined"). */
export function encodeTools(request: ChatRequest, context: ToolContext): EncodedTools {
  const { losses } = context;
  const called = calledNames(request);
  const forbidden = request.toolChoice?.type === "none";
  if (forbidden && called.length === 0) return { additional: {} };
  const given = request.tools ?? [];
  const functions = given.filter(({ kind }) => kind === "function");
  if (functions.length < given.length) losses.dropped("tools");
  const tools = functions.flatMap((tool) => encodeTool(tool, context));
  const more = extensionOf(request).other_tools;
  if (Array.isArray(more)) tools.push(...more as Json[]);
  if (tools.length === 0 && called.length > 0) {
    losses.emulated("tools");
    tools.push(...called.map(stub));
  }
  if (tools.length === 0) return { additional: {} };
  if (forbidden) {
    losses.emulated("tool_choice");
    return { toolConfig: { tools }, additional: {}, told: "Answer without calling any tool." };
  }
  const toolChoice = encodeChoice(request, context);
  return {
    toolConfig: { tools, ...(toolChoice !== undefined && { toolChoice }) },
    additional: encodeOneCall(request, toolChoice === undefined, context),
  };
}

/** Names of the tools that were called or answered before, in order. */
function calledNames({ messages }: ChatRequest): string[] {
  const names = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => part.type === "tool_call" ? [part.name] : [])
  );
  return [...new Set(names)];
}

function stub(name: string): Json {
  const description = "No longer available.";
  const inputSchema = { json: { type: "object", properties: {} } };
  return { toolSpec: { name: encodeToolName(name, 64), description, inputSchema } };
}

function encodeTool(tool: Tool, { capabilities, losses, points }: ToolContext): Json[] {
  const { description = "", parameters, strict } = tool;
  if (strict === true && !capabilities.jsonSchema) losses.dropped("tools.function.strict");
  const toolSpec = {
    name: encodeToolName(tool.name, 64),
    ...(description.trim() !== "" && { description }),
    inputSchema: { json: inputSchema(parameters) },
    ...(strict === true && capabilities.jsonSchema && { strict }),
  };
  return [{ toolSpec }, ...points.after(tool, "tools")];
}

/** The schema of an input must be an object's. */
function inputSchema(parameters: Json | undefined): Json {
  if (parameters === undefined) return { type: "object", properties: {} };
  if (parameters.type === "object") return parameters;
  const { type: _, ...rest } = parameters;
  return { type: "object", ...(!isObject(rest.properties) && { properties: {} }), ...rest };
}

function encodeChoice(
  { toolChoice }: ChatRequest,
  { capabilities, losses, thinking }: ToolContext,
): Json | undefined {
  if (toolChoice === undefined || toolChoice.type === "auto") return undefined;
  if (!capabilities.forcedTools || thinking) {
    losses.dropped("tool_choice");
    return undefined;
  }
  return toolChoice.type === "tool"
    ? { tool: { name: encodeToolName(toolChoice.name, 64) } }
    : { any: {} };
}

/** Only where nothing else is said about the choice: both at once are refused. */
function encodeOneCall(
  { parallelToolCalls }: ChatRequest,
  free: boolean,
  { capabilities, losses }: ToolContext,
): Json {
  if (parallelToolCalls !== false) return {};
  if (!capabilities.oneCall || !free) {
    losses.dropped("parallel_tool_calls");
    return {};
  }
  return { tool_choice: { type: "auto", disable_parallel_tool_use: true } };
}
