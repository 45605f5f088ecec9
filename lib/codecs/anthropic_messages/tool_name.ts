/** Names of tools, https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use */
import { encodeToolName as encodeName } from "../../chat/tool_name.ts";

/** The tool that stands for an answer in JSON where a model cannot be held to a schema otherwise. */
export const JSON_TOOL = "dragoman_json_answer";

/** A name that Anthropic takes: `^[a-zA-Z0-9_-]{1,128}$`. */
export function encodeToolName(name: string): string {
  return encodeName(name, 128);
}

export { decodeToolName } from "../../chat/tool_name.ts";
