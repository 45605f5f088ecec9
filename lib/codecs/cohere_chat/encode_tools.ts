/** Tools, the choice among them and the format of the answer. https://docs.cohere.com/docs/structured-outputs */
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat, Tool } from "../../chat/request.ts";
import { toldFormat } from "../../chat/told_format.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { mapSchema, withoutKeywords } from "../../json/schema_subset.ts";
import type { CohereCapabilities } from "./profile.ts";

/** The members of a request that concern tools. */
export function encodeTools(
  request: ChatRequest,
  capabilities: CohereCapabilities,
  losses: Losses,
): Json {
  const functions = (request.tools ?? []).filter(({ kind }) => kind === "function");
  if (functions.length < (request.tools ?? []).length) losses.dropped("tools");
  const { tools, choice } = chooseTools(request, functions, capabilities, losses);
  if (tools.length === 0) return {};
  return {
    tools: tools.map(encodeTool),
    ...encodeStrict(tools, losses),
    ...(choice !== undefined && { tool_choice: choice }),
  };
}

/** Which tools are shown, and whether the model must call one. There is no way to name one: it is shown alone. */
function chooseTools(
  { toolChoice, parallelToolCalls }: ChatRequest,
  tools: readonly Tool[],
  capabilities: CohereCapabilities,
  losses: Losses,
): { tools: readonly Tool[]; choice?: string } {
  if (parallelToolCalls === false && tools.length > 0) losses.dropped("parallel_tool_calls");
  if (toolChoice === undefined || toolChoice.type === "auto") return { tools };
  if (toolChoice.type === "none" && !capabilities.forcedTools) return { tools: [] };
  if (toolChoice.type === "none") return { tools, choice: "NONE" };
  const named = toolChoice.type === "tool"
    ? tools.filter(({ name }) => name === toolChoice.name)
    : tools;
  if (named.length === 0 || !capabilities.forcedTools) {
    if (tools.length > 0) losses.dropped("tool_choice");
    return { tools: named.length === 0 ? tools : named };
  }
  if (toolChoice.type === "tool") losses.emulated("tool_choice");
  return { tools: named, choice: "REQUIRED" };
}

const NO_PARAMETERS = { type: "object", properties: {} };

function encodeTool({ name, description, parameters = NO_PARAMETERS }: Tool): Json {
  return {
    type: "function",
    function: { name, ...(description !== undefined && { description }), parameters },
  };
}

/** Strictness is one word for all tools, and asks for at least one required parameter in each. */
function encodeStrict(tools: readonly Tool[], losses: Losses): Json {
  if (!tools.some(({ strict }) => strict === true)) return {};
  const able = tools.every(({ parameters }) =>
    Array.isArray(parameters?.required) && parameters.required.length > 0
  );
  if (!able) losses.dropped("tools.function.strict");
  return able ? { strict_tools: true } : {};
}

/** The format of the answer, and what the model must be told where it can't be asked for. */
export interface EncodedFormat {
  member: Json;
  told?: string;
}

/** JSON can't be asked for beside tools or documents (400): there the model is told to write it. */
export function encodeFormat(
  format: OutputFormat | undefined,
  beside: boolean,
  losses: Losses,
): EncodedFormat {
  if (format === undefined || format.type === "text") {
    return { member: format === undefined ? {} : { response_format: { type: "text" } } };
  }
  const schema = format.type === "json_schema" ? describedSchema(format) : undefined;
  if (beside) {
    losses.emulated("response_format");
    return { member: {}, told: toldFormat(schema) };
  }
  const subset = schema && schemaSubset(schema);
  if (subset !== schema) losses.emulated("response_format.json_schema");
  const form = { type: "json_object", ...(subset !== undefined && { json_schema: subset }) };
  return { member: { response_format: form } };
}

/** What is said of the format is said of its schema, which says nothing else of itself. */
function describedSchema(
  { schema, description }: Extract<OutputFormat, { type: "json_schema" }>,
): Json | undefined {
  return schema === undefined || description === undefined ? schema : { description, ...schema };
}

/** https://docs.cohere.com/docs/structured-outputs#unsupported-schema-features */
const LACKS: ReadonlySet<string> = new Set([
  "exclusiveMaximum",
  "exclusiveMinimum",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
  "minItems",
  "minLength",
  "minProperties",
  "minimum",
  "multipleOf",
  "pattern",
  "patternProperties",
  "uniqueItems",
]);

function schemaSubset(schema: Json): Json {
  return mapSchema(schema, (each) => requireSomething(withoutKeywords(each, LACKS)));
}

/** Every object must require at least one member. */
function requireSomething(schema: Json): Json {
  const { type, properties, required } = schema;
  if (type !== "object" || !isObject(properties)) return schema;
  const names = Object.keys(properties);
  if (names.length === 0 || (Array.isArray(required) && required.length > 0)) return schema;
  return { ...schema, required: names };
}
