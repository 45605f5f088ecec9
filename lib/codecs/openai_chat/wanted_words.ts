/** Models of this protocol that want to see what they thought before they called: in plain words. */
import type { WantedThoughts } from "../../chat/codec.ts";
import { objectsOf } from "../../json/fields.ts";
import type { JsonText } from "../../json/scan_object.ts";

/** What such a model wants back. Models that share a name read each other's: `deepseek-chat`, `hosted/DeepSeek-V4`. */
export function wantedWords(model: string): WantedThoughts {
  const name = /([a-z]+)[^/]*$/i.exec(model)?.[1];
  return {
    family: name?.toLowerCase() ?? model,
    bears: (part) => part.type === "reasoning" && part.content !== "",
    // OpenAI's own client keeps the last piece of a streamed member that it does not know.
    proven: false,
  };
}

/** Whether a request offers tools, or tells of their calls. */
export function usesTools({ value: { tools, functions, messages } }: JsonText): boolean {
  return isFilled(tools) || isFilled(functions) ||
    objectsOf(messages).some(({ tool_calls: calls }) => isFilled(calls));
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
