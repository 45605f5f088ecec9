/** Tools, the choice among them and the format of the output. */
import type { OutputFormat, Tool, ToolChoice } from "../../chat/request.ts";
import { readObjects, refuse } from "../../json/read_members.ts";
import { extend } from "./extension.ts";
import { isObject, type Json, objectOf, present, restOf, textOf } from "../../json/fields.ts";

const FLAT = new Set(["type"]);
const TOOL = new Set(["type", "function"]);
const CUSTOM = new Set(["name", "description"]);
const CUSTOM_TOOL = new Set(["type", "custom"]);
const FUNCTION = new Set(["name", "description", "parameters", "strict"]);

/** What of a request concerns tools; `rest` is what only this protocol can say. */
export interface DecodedTools {
  tools?: Tool[];
  toolChoice?: ToolChoice;
  rest: Json;
}

/** Reads `tools`, `tool_choice` and the deprecated `functions` and `function_call`. */
export function decodeTools(body: Json): DecodedTools {
  const rest: Json = {};
  const given = readObjects(body, "tools") ?? [];
  const legacy = readObjects(body, "functions") ?? [];
  const tools = given.filter(isClientTool).map(decodeTool);
  for (const each of legacy) tools.push(decodeFunction(each, { legacy: true }));
  // Tools the provider runs itself keep their place in the list.
  const others = given.flatMap((tool, at) => isClientTool(tool) ? [] : [{ at, tool }]);
  if (others.length > 0) rest.other_tools = others;
  const choice = body.tool_choice ?? undefined;
  const legacyChoice = body.function_call ?? undefined;
  const toolChoice = decodeToolChoice(choice ?? legacyChoice);
  if (choice !== undefined && !isPlainChoice(choice)) rest.tool_choice = choice;
  if (legacyChoice !== undefined) rest.function_call = legacyChoice;
  return { ...(tools.length > 0 && { tools }), ...(toolChoice && { toolChoice }), rest };
}

function isClientTool(tool: Json): boolean {
  return (tool.type ?? "function") === "function"
    ? isObject(tool.function) || typeof tool.name === "string"
    : tool.type === "custom" && isObject(tool.custom);
}

function decodeTool(tool: Json): Tool {
  if (tool.type !== "custom" && !isObject(tool.function)) {
    // The flat form of OpenAI's Responses, which clients send here, too.
    return decodeFunction(restOf(tool, FLAT), {});
  }
  if (tool.type !== "custom") {
    return decodeFunction(objectOf(tool.function), restOf(tool, TOOL));
  }
  const custom = objectOf(tool.custom);
  const inner = restOf(custom, CUSTOM);
  return {
    kind: "custom",
    name: nameOf(custom),
    ...present({ description: textOf(custom.description) }),
    ...extend({
      ...restOf(tool, CUSTOM_TOOL),
      ...(Object.keys(inner).length > 0 && { inner }),
    }),
  };
}

function decodeFunction(called: Json, outer: Json): Tool {
  const inner = restOf(called, FUNCTION);
  return {
    kind: "function",
    name: nameOf(called),
    ...present({
      description: typeof called.description === "string" ? called.description : undefined,
      parameters: isObject(called.parameters) ? called.parameters : undefined,
      strict: typeof called.strict === "boolean" ? called.strict : undefined,
    }),
    ...extend({ ...outer, ...(Object.keys(inner).length > 0 && { inner }) }),
  };
}

function nameOf(called: Json): string {
  return textOf(called.name) ?? refuse("tools", "a list in which every tool has a name");
}

/** Choices the neutral language says completely. */
function isPlainChoice(choice: unknown): boolean {
  if (typeof choice === "string") return ["auto", "none", "required"].includes(choice);
  return isObject(choice) && (choice.type === "function" || choice.type === "custom");
}

function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined) return undefined;
  if (choice === "auto" || choice === "none" || choice === "required") return { type: choice };
  if (!isObject(choice)) refuse("tool_choice", "auto, none, required or an object");
  if (choice.type === "allowed_tools") {
    // The neutral language has the mode; which tools are meant stays in the extension.
    return { type: objectOf(choice.allowed_tools).mode === "required" ? "required" : "auto" };
  }
  const kind = choice.type === "custom" ? "custom" : "function";
  const name = textOf(objectOf(choice[kind]).name) ?? textOf(choice.name);
  return name === undefined ? undefined : { type: "tool", name, kind };
}

/** Reads `response_format`; `undefined` for one the neutral language doesn't know. */
export function decodeFormat(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined;
  if (format.type === "text") return { type: "text" };
  if (format.type === "json_object") return { type: "json" };
  if (format.type !== "json_schema" || !isObject(format.json_schema)) return undefined;
  const { name, schema, description, strict } = format.json_schema;
  return {
    type: "json_schema",
    name: textOf(name) ?? "response",
    ...present({
      schema: isObject(schema) ? schema : undefined,
      description: textOf(description),
      strict: typeof strict === "boolean" ? strict : undefined,
    }),
  };
}
