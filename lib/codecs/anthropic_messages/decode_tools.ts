/** Tools and the choice among them. */
import type { Tool, ToolChoice } from "../../chat/request.ts";
import { isObject, type Json, objectsOf, present, restOf, textOf } from "../../json/fields.ts";
import { refuse } from "./check_request.ts";
import { extend } from "./extension.ts";

/** What of a request concerns tools; `rest` is what only this protocol can say. */
export interface DecodedTools {
  tools?: Tool[];
  toolChoice?: ToolChoice;
  parallelToolCalls?: boolean;
  rest: Json;
}

const TOOL_MEMBERS = new Set(["type", "name", "description", "input_schema", "strict"]);

/** Reads `tools` and `tool_choice`. */
export function decodeTools({ tools = [], tool_choice }: Json): DecodedTools {
  if (tools !== null && !Array.isArray(tools)) refuse("tools", "an array of tools");
  const given = objectsOf(tools);
  const own = given.filter(isClientTool).map(decodeTool);
  // Tools that Anthropic defines keep their place in the list.
  const others = given.flatMap((tool, at) => isClientTool(tool) ? [] : [{ at, tool }]);
  return {
    ...(own.length > 0 && { tools: own }),
    ...(isObject(tool_choice) && decodeChoice(tool_choice)),
    rest: others.length > 0 ? { other_tools: others } : {},
  };
}

function isClientTool({ type, name }: Json): boolean {
  return (type === undefined || type === null || type === "custom") && typeof name === "string";
}

function decodeTool(tool: Json): Tool {
  const { description, input_schema, strict } = tool;
  return {
    kind: "function",
    name: String(tool.name),
    ...present({
      description: typeof description === "string" ? description : undefined,
      parameters: isObject(input_schema) ? input_schema : undefined,
      strict: typeof strict === "boolean" ? strict : undefined,
    }),
    ...extend(restOf(tool, TOOL_MEMBERS)),
  };
}

function decodeChoice(choice: Json): Pick<DecodedTools, "toolChoice" | "parallelToolCalls"> {
  const { disable_parallel_tool_use: alone } = choice;
  return {
    toolChoice: choiceOf(choice),
    ...(typeof alone === "boolean" && { parallelToolCalls: !alone }),
  };
}

function choiceOf({ type, name }: Json): ToolChoice {
  switch (type) {
    case "auto":
    case "none":
      return { type };
    case "any":
      return { type: "required" };
    case "tool":
      return {
        type: "tool",
        name: textOf(name) ?? refuse("tool_choice.name", "the name of a tool"),
        kind: "function",
      };
    default:
      return refuse("tool_choice.type", "auto, any, tool or none");
  }
}
