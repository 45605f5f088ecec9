/** Functions, Google's own tools and the choice among them. */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Tool, ToolChoice } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, present, textOf } from "../../json/fields.ts";
import { camelName } from "./camel_case.ts";
import { encodeJsonSchema } from "./encode_schema.ts";
import { extensionOf, foreignOf } from "./extension.ts";
import { encodeOpenapiSchema } from "./openapi_schema.ts";
import type { GeminiProfile } from "./profile.ts";
import type { WireFunction } from "./wire.ts";

/** Google's own tools, by its names for them. */
const BUILTIN = new Set([
  "googleSearch",
  "googleSearchRetrieval",
  "urlContext",
  "codeExecution",
  "googleMaps",
  "fileSearch",
  "computerUse",
  "enterpriseWebSearch",
  "retrieval",
]);

/** Writes `tools` and `toolConfig`; lists of nothing are left out, since Google refuses them. */
export function encodeTools(profile: GeminiProfile, request: ChatRequest, losses: Losses): Json {
  const { tools: own, toolConfig } = extensionOf(request);
  // Google calls as many functions at once as it likes.
  if (request.parallelToolCalls === false) losses.dropped("parallel_tool_calls");
  const functions = (request.tools ?? []).map((tool) => encodeTool(profile, tool, losses));
  const asked = foreignTools(request, losses);
  // Before Gemini 3 it is one or the other, and only functions must be run by the caller himself.
  const both = functions.length > 0 && asked.length > 0;
  const builtin = both && profile.builtinWithTools !== true ? [] : asked;
  if (builtin !== asked) losses.dropped("tools");
  const tools = [
    ...(functions.length > 0 ? [{ functionDeclarations: functions }] : []),
    ...objectsOf(own),
    ...builtin,
  ];
  const calling = functions.length > 0 ? encodeCalling(profile, request, losses) : undefined;
  const config = {
    ...(calling !== undefined && { functionCallingConfig: calling }),
    ...objectOf(toolConfig),
    ...(both && builtin.length > 0 &&
      profile.takes.includes("includeServerSideToolInvocations") &&
      { includeServerSideToolInvocations: true }),
  };
  return {
    ...(tools.length > 0 && { tools }),
    ...(Object.keys(config).length > 0 && { toolConfig: config }),
  };
}

/** What other dialects say of tools that the provider runs. */
function foreignTools(request: ChatRequest, losses: Losses): Json[] {
  const { other_tools, web_search_options } = foreignOf(request);
  const tools: Json[] = isObject(web_search_options) ? [{ googleSearch: {} }] : [];
  for (const { tool } of objectsOf(other_tools)) {
    const builtin = builtinOf(objectOf(tool));
    if (builtin === undefined) losses.dropped("tools");
    else tools.push(builtin);
  }
  return tools;
}

/** `{google_search: {}}`, `{googleSearch: {}}`, or OpenAI's `{type: "web_search"}`. */
function builtinOf(tool: Json): Json | undefined {
  if (/^web_search/.test(String(tool.type))) return { googleSearch: {} };
  for (const [key, value] of Object.entries(tool)) {
    const name = camelName(key);
    if (BUILTIN.has(name)) return { [name]: objectOf(value) };
  }
  return undefined;
}

/** Free text, which a custom tool takes, is an argument of its own here. */
const FREE_TEXT: Json = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
};

function encodeTool(profile: GeminiProfile, tool: Tool, losses: Losses): WireFunction {
  const custom = tool.kind === "custom";
  if (custom) losses.emulated("tools");
  const { parameters: own, ...rest } = extensionOf(tool);
  const schema = custom ? FREE_TEXT : tool.parameters;
  return {
    name: tool.name,
    ...present({ description: textOf(tool.description) }),
    ...(own === undefined ? schemaOf(profile, schema, losses) : { parameters: objectOf(own) }),
    ...rest,
  };
}

/** A function without arguments has no schema: an object without properties is refused. */
function schemaOf(
  profile: GeminiProfile,
  schema: Json | undefined,
  losses: Losses,
): Pick<WireFunction, "parameters" | "parametersJsonSchema"> {
  if (schema === undefined || saysNothing(schema)) return {};
  const param = "tools.function.parameters";
  return profile.jsonSchema === true
    ? { parametersJsonSchema: encodeJsonSchema(schema, losses, param) }
    : { parameters: encodeOpenapiSchema(schema, losses, param) };
}

function saysNothing(schema: Json): boolean {
  const named = Object.keys(objectOf(schema.properties)).length;
  const more = ["$ref", "anyOf", "oneOf", "allOf", "additionalProperties", "patternProperties"];
  return named === 0 && !more.some((key) => schema[key] !== undefined && schema[key] !== false);
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig */
function encodeCalling(
  profile: GeminiProfile,
  request: ChatRequest,
  losses: Losses,
): Json | undefined {
  const allowed = allowedNames(request);
  const { toolChoice } = request;
  const strict = request.tools?.some((tool) => tool.strict === true) === true;
  if (strict && profile.validated !== true) losses.dropped("tools.function.strict");
  const mode = modeOf(toolChoice) ?? (allowed.length > 0 ? "AUTO" : undefined);
  const validated = strict && profile.validated === true && (mode ?? "AUTO") === "AUTO";
  if (mode === undefined && !validated) return undefined;
  const names = toolChoice?.type === "tool" ? [toolChoice.name] : allowed;
  // Names may be listed beside `ANY` and `VALIDATED` only.
  const listed = names.length > 0 && mode !== "NONE";
  const word = validated || (listed && mode === "AUTO") ? "VALIDATED" : mode;
  return { mode: word, ...(listed && { allowedFunctionNames: names }) };
}

function modeOf(choice: ToolChoice | undefined): string | undefined {
  switch (choice?.type) {
    case "auto":
      return "AUTO";
    case "none":
      return "NONE";
    case "required":
    case "tool":
      return "ANY";
    case undefined:
      return undefined;
  }
}

/** OpenAI's `allowed_tools`. */
function allowedNames(request: ChatRequest): string[] {
  const choice = objectOf(foreignOf(request).tool_choice);
  const tools = objectsOf(objectOf(choice.allowed_tools).tools);
  return tools.map((tool) => textOf(objectOf(tool.function).name) ?? textOf(tool.name))
    .filter((name) => name !== undefined);
}
