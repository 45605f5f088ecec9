/** Tools and the choice among them. https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Tool } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, present } from "../../json/fields.ts";
import { extensionOf, foreignOf, sharedMembers } from "./extension.ts";
import type { Capabilities } from "./model_capabilities.ts";
import { inputSchema, schemaSubset } from "./schema_subset.ts";
import { encodeToolName } from "./tool_name.ts";
import type { WireToolChoice } from "./wire.ts";

/** What of a request concerns tools. */
export interface EncodedTools {
  tools?: Json[];
  tool_choice?: WireToolChoice;
}

/** Members of a tool that callers of other dialects may write in Anthropic's own words. */
export const SHARED_BY_TOOLS: readonly string[] = [
  "cache_control",
  "defer_loading",
  "allowed_callers",
  "input_examples",
  "eager_input_streaming",
];

/** Writes tools and choice; `thinking` forbids to force a call, and so do some models. */
export function encodeTools(
  request: ChatRequest,
  capabilities: Capabilities,
  thinking: boolean,
  losses: Losses,
): EncodedTools {
  const { toolChoice } = request;
  const forced = capabilities.forcedTools && !thinking;
  const only = allowedNames(request) ??
    (toolChoice?.type === "tool" && !forced ? [toolChoice.name] : undefined);
  const chosen = (request.tools ?? []).filter(({ name }) => only?.includes(name) ?? true);
  const tools = [
    ...chosen.map((tool) => encodeTool(tool, capabilities, losses)),
    ...searchTool(request, losses),
  ];
  for (const { at, tool } of objectsOf(extensionOf(request).other_tools)) {
    if (isObject(tool)) tools.splice(Number(at), 0, tool);
  }
  if (objectsOf(foreignOf(request).other_tools).length > 0) losses.dropped("tools");
  if (tools.length === 0) return {};
  const choice = encodeChoice(request, forced, losses);
  return { tools, ...(choice !== undefined && { tool_choice: choice }) };
}

/** OpenAI lets a caller name the tools that count for this one request. */
function allowedNames(request: ChatRequest): string[] | undefined {
  const allowed = objectOf(foreignOf(request).tool_choice).allowed_tools;
  if (!isObject(allowed)) return undefined;
  return objectsOf(allowed.tools).map((tool) => String(objectOf(tool.function).name ?? tool.name));
}

function encodeTool(tool: Tool, capabilities: Capabilities, losses: Losses): Json {
  const { name, description, kind } = tool;
  if (kind === "custom") losses.emulated("tools.custom");
  const { schema, whole } = kind === "custom" ? FREE_TEXT : inputSchema(tool.parameters);
  if (!whole) losses.emulated("tools.function.parameters");
  const strict = tool.strict === true && capabilities.jsonSchema;
  if (tool.strict === true && !strict) losses.dropped("tools.function.strict");
  return {
    name: encodeToolName(name),
    ...present({ description }),
    input_schema: strict ? strictSchema(schema, losses) : schema,
    ...(strict && { strict }),
    ...sharedMembers(tool, SHARED_BY_TOOLS),
    ...extensionOf(tool),
  };
}

/** A tool of free text gets its text as the only member of an object. */
const FREE_TEXT = {
  schema: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
  whole: true,
};

function strictSchema(schema: Json, losses: Losses): Json {
  const subset = schemaSubset(schema);
  if (!subset.whole) losses.emulated("tools.function.parameters");
  return subset.schema;
}

/** What OpenAI's search models do of themselves, Claude does with a tool that Anthropic runs. */
function searchTool(request: ChatRequest, losses: Losses): Json[] {
  const { web_search_options: options } = foreignOf(request);
  if (!isObject(options)) return [];
  losses.emulated("web_search_options");
  const place = objectOf(objectOf(options.user_location).approximate);
  const { city, country, region, timezone } = place;
  const known = present({ city, country, region, timezone });
  const located = Object.keys(known).length > 0;
  return [{
    type: "web_search_20250305",
    name: "web_search",
    ...(located && { user_location: { type: "approximate", ...known } }),
  }];
}

function encodeChoice(
  { toolChoice, parallelToolCalls }: ChatRequest,
  forced: boolean,
  losses: Losses,
): WireToolChoice | undefined {
  const parallel = toolChoice === undefined && parallelToolCalls !== false
    ? {}
    : present({ disable_parallel_tool_use: negated(parallelToolCalls) });
  switch (toolChoice?.type) {
    case "none":
      return { type: "none" };
    case "required":
    case "tool":
      if (!forced) {
        losses.emulated("tool_choice");
        return { type: "auto", ...parallel };
      }
      return toolChoice.type === "tool"
        ? { type: "tool", name: encodeToolName(toolChoice.name), ...parallel }
        : { type: "any", ...parallel };
    case "auto":
      return { type: "auto", ...parallel };
    default:
      return Object.keys(parallel).length > 0 ? { type: "auto", ...parallel } : undefined;
  }
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
