import type { Tool, ToolChoice } from "../../chat/request.ts";
import { decodeToolName } from "../../chat/tool_name.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { extend } from "./profile.ts";

/** What of a request concerns tools; `rest` is what only this protocol can say. */
export interface DecodedTools {
  tools?: Tool[];
  toolChoice?: ToolChoice;
  rest: Json;
}

/** Reads `toolConfig`. */
export function decodeTools(config: Json): DecodedTools {
  const tools: Tool[] = [];
  const others: Json[] = [];
  for (const each of objectsOf(config.tools)) {
    const last = tools.at(-1);
    if (isObject(each.toolSpec)) tools.push(decodeTool(each.toolSpec));
    else if (isObject(each.cachePoint) && last !== undefined && others.length === 0) {
      Object.assign(last, extend({ cachePoint: each.cachePoint }));
    } else others.push(each);
  }
  const toolChoice = decodeChoice(objectOf(config.toolChoice));
  return {
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    rest: others.length > 0 ? { other_tools: others } : {},
  };
}

function decodeTool(spec: Json): Tool {
  const { json } = objectOf(spec.inputSchema);
  const description = textOf(spec.description);
  return {
    kind: "function",
    name: decodeToolName(String(spec.name ?? "")),
    ...(description !== undefined && { description }),
    ...(isObject(json) && { parameters: json }),
    ...(spec.strict === true && { strict: true }),
  };
}

/** Saying nothing and `auto` are the same. */
function decodeChoice(choice: Json): ToolChoice | undefined {
  if (isObject(choice.any)) return { type: "required" };
  const name = textOf(objectOf(choice.tool).name);
  return name === undefined
    ? undefined
    : { type: "tool", name: decodeToolName(name), kind: "function" };
}
