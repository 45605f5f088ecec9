/** What the answer must be. https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
import type { Losses } from "../../chat/losses.ts";
import type { OutputFormat } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import type { EncodedTools } from "./encode_tools.ts";
import { schemaSubset } from "./schema_subset.ts";
import { JSON_TOOL } from "./tool_name.ts";

/** How a format is asked for: by the parameter, by a tool that must be called, or in words. */
export interface EncodedFormat {
  format?: Json;
  tools?: EncodedTools;
  told?: string;
}

const PARAM = "response_format";
const OBJECT_ONLY = "Answer with one JSON object and nothing else.";

/** `forced`: the model can be made to call a tool that nobody else asked for. */
export function encodeFormat(
  format: OutputFormat | undefined,
  native: boolean,
  forced: boolean,
  losses: Losses,
): EncodedFormat {
  if (format === undefined || format.type === "text") return {};
  if (format.type === "json" || format.schema === undefined) {
    losses.emulated(PARAM);
    return { told: OBJECT_ONLY };
  }
  const { schema, description } = format;
  const described = description === undefined ? schema : { description, ...schema };
  if (native) {
    const subset = schemaSubset(described);
    if (!subset.whole) losses.emulated(`${PARAM}.json_schema`);
    return { format: { type: "json_schema", schema: subset.schema } };
  }
  losses.emulated(PARAM);
  if (forced && schema.type === "object") return { tools: jsonTool(described) };
  return { told: `${OBJECT_ONLY} It must match this JSON schema:\n${JSON.stringify(described)}` };
}

/** The call of this tool is read back as the answer's text. */
function jsonTool(schema: Json): EncodedTools {
  return {
    tools: [{
      name: JSON_TOOL,
      description: "Gives the answer, which is the input of this tool.",
      input_schema: schema,
    }],
    tool_choice: { type: "tool", name: JSON_TOOL, disable_parallel_tool_use: true },
  };
}
