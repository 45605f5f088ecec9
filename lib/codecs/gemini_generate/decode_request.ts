/** Google's request → neutral. https://ai.google.dev/api/generate-content */
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../../chat/request.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  present,
  restOf,
  textOf,
} from "../../json/fields.ts";
import { camelCase } from "./camel_case.ts";
import { decodeContents, decodeInstruction } from "./decode_contents.ts";
import { decodeSchema } from "./decode_schema.ts";
import { extend } from "./extension.ts";
import { readPath } from "./request_path.ts";

const BODY = new Set([
  "model",
  "stream",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
]);
const CONFIG = new Set([
  "maxOutputTokens",
  "temperature",
  "topP",
  "stopSequences",
  "seed",
  "frequencyPenalty",
  "presencePenalty",
  "candidateCount",
  "responseLogprobs",
  "logprobs",
  "responseMimeType",
  "responseJsonSchema",
]);
const JSON_TYPE = "application/json";
const FUNCTION = new Set(["name", "description", "parameters", "parametersJsonSchema"]);

/** Reads a request; what only this protocol can say goes to the extensions. Throws 2019 naming the member. */
export function decodeRequest(wire: Json, path = ""): ChatRequest {
  const body = camelCase(wire);
  const named = readPath(path);
  const config = objectOf(body.generationConfig);
  const tools = objectsOf(body.tools);
  const choice = decodeChoice(objectOf(body.toolConfig));
  const others = tools.map((tool) => restOf(tool, new Set(["functionDeclarations"])))
    .filter((tool) => Object.keys(tool).length > 0);
  const plainText = config.responseMimeType !== undefined && config.responseMimeType !== JSON_TYPE;
  const settings = {
    ...restOf(config, CONFIG),
    ...(plainText && { responseMimeType: config.responseMimeType }),
  };
  return {
    model: named?.model ?? textOf(body.model) ?? "",
    messages: [...decodeInstruction(body.systemInstruction), ...decodeContents(body.contents)],
    stream: named?.stream ?? body.stream === true,
    ...decodeTools(tools),
    ...(choice.toolChoice && { toolChoice: choice.toolChoice }),
    ...decodeConfig(config),
    ...extend({
      ...restOf(body, BODY),
      ...(others.length > 0 && { tools: others }),
      ...(Object.keys(choice.rest).length > 0 && { toolConfig: choice.rest }),
      ...(Object.keys(settings).length > 0 && { generationConfig: settings }),
    }),
  };
}

function decodeTools(tools: Json[]): { tools?: Tool[] } {
  const functions = tools.flatMap((tool) => objectsOf(tool.functionDeclarations)).map(
    decodeFunction,
  );
  return functions.length === 0 ? {} : { tools: functions };
}

/** A schema in OpenAPI's subset is kept as it was, for Google's own models. */
function decodeFunction(declared: Json): Tool {
  const { parameters, parametersJsonSchema } = declared;
  const schema = isObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isObject(parameters)
    ? decodeSchema(parameters)
    : undefined;
  return {
    kind: "function",
    name: textOf(declared.name) ?? "",
    ...present({ description: textOf(declared.description), parameters: schema }),
    ...extend({
      ...restOf(declared, FUNCTION),
      ...(isObject(parameters) && !isObject(parametersJsonSchema) && { parameters }),
    }),
  };
}

/** `rest` holds what the neutral choice does not say, the whole choice where it says only a part. */
function decodeChoice(toolConfig: Json): { toolChoice?: ToolChoice; rest: Json } {
  const { functionCallingConfig, ...others } = toolConfig;
  if (!isObject(functionCallingConfig)) return { rest: others };
  const { mode, allowedFunctionNames } = functionCallingConfig;
  const names: unknown[] = Array.isArray(allowedFunctionNames) ? allowedFunctionNames : [];
  const [name] = names;
  const toolChoice = choiceOf(textOf(mode)?.toUpperCase(), names.length === 1 ? name : undefined);
  const plain = toolChoice !== undefined && mode !== "VALIDATED" && toolChoice.type !== "required"
    ? names.length === (toolChoice.type === "tool" ? 1 : 0)
    : names.length === 0 && mode === "ANY";
  return {
    ...(toolChoice && { toolChoice }),
    rest: plain ? others : { ...others, functionCallingConfig },
  };
}

function choiceOf(mode: string | undefined, name: unknown): ToolChoice | undefined {
  switch (mode) {
    case "ANY":
      return typeof name === "string"
        ? { type: "tool", name, kind: "function" }
        : { type: "required" };
    case "NONE":
      return { type: "none" };
    case "AUTO":
    case "VALIDATED":
      return { type: "auto" };
    default:
      return undefined;
  }
}

function decodeConfig(config: Json): Partial<ChatRequest> {
  const stops = Array.isArray(config.stopSequences)
    ? config.stopSequences.filter((each) => typeof each === "string")
    : [];
  return present({
    maxTokens: numberOf(config.maxOutputTokens),
    temperature: numberOf(config.temperature),
    topP: numberOf(config.topP),
    stopSequences: stops.length > 0 ? stops : undefined,
    seed: numberOf(config.seed),
    frequencyPenalty: numberOf(config.frequencyPenalty),
    presencePenalty: numberOf(config.presencePenalty),
    choiceCount: numberOf(config.candidateCount),
    logprobs: config.responseLogprobs === true
      ? present({ top: numberOf(config.logprobs) })
      : undefined,
    outputFormat: decodeFormat(config),
    reasoningEffort: effortOf(objectOf(config.thinkingConfig)),
  });
}

/** Proto JSON may write a number as a text. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function decodeFormat(config: Json): OutputFormat | undefined {
  if (config.responseMimeType === "text/plain") return { type: "text" };
  if (config.responseMimeType !== JSON_TYPE) return undefined;
  const { responseJsonSchema, responseSchema } = config;
  const schema = isObject(responseJsonSchema)
    ? responseJsonSchema
    : isObject(responseSchema)
    ? decodeSchema(responseSchema)
    : undefined;
  return schema === undefined
    ? { type: "json" }
    : { type: "json_schema", name: "response", schema };
}

/** A budget as Google's own OpenAI-compatible endpoint would name it. */
function effortOf({ thinkingLevel, thinkingBudget }: Json): string | undefined {
  const level = textOf(thinkingLevel)?.toLowerCase();
  if (level !== undefined) return level;
  const budget = numberOf(thinkingBudget);
  if (budget === undefined || budget < 0) return undefined;
  if (budget === 0) return "none";
  return budget <= 1024 ? "low" : budget <= 8192 ? "medium" : "high";
}
