/** A request in Cohere's dialect → neutral. https://docs.cohere.com/v2/reference/chat */
import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../../chat/request.ts";
import { isObject, type Json, objectOf, present, restOf, textOf } from "../../json/fields.ts";
import {
  readBoolean,
  readNumber,
  readObjects,
  readString,
  readStrings,
  refuse,
} from "../../json/read_members.ts";
import { decodeMessages } from "./decode_messages.ts";
import { extend } from "./profile.ts";

/** Members the neutral language has words for. */
const KNOWN: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "stream",
  "tools",
  "strict_tools",
  "tool_choice",
  "response_format",
  "max_tokens",
  "stop_sequences",
  "temperature",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "p",
  "logprobs",
]);

/** Reads a request; what only this protocol can say goes to the extensions. Throws 2019 naming the parameter. */
export function decodeRequest(body: Json): ChatRequest {
  const messages = readObjects(body, "messages") ?? refuse("messages", "an array of messages");
  const strict = readBoolean(body, "strict_tools");
  const tools = (readObjects(body, "tools") ?? []).map((tool) => decodeTool(tool, strict));
  return {
    model: readString(body, "model") ?? refuse("model", "a string"),
    messages: decodeMessages(messages),
    stream: readBoolean(body, "stream") ?? false,
    ...(tools.length > 0 && { tools }),
    ...present({
      toolChoice: decodeChoice(body.tool_choice),
      outputFormat: decodeFormat(body.response_format),
      maxTokens: readNumber(body, "max_tokens"),
      temperature: readNumber(body, "temperature"),
      topP: readNumber(body, "p"),
      seed: readNumber(body, "seed"),
      frequencyPenalty: readNumber(body, "frequency_penalty"),
      presencePenalty: readNumber(body, "presence_penalty"),
      stopSequences: readStrings(body, "stop_sequences"),
      logprobs: readBoolean(body, "logprobs") === true ? {} : undefined,
      reasoningEffort: decodeThinking(body.thinking),
    }),
    ...extend(restOf(body, KNOWN)),
  };
}

function decodeTool(tool: Json, strict: boolean | undefined): Tool {
  const { name, description, parameters } = objectOf(tool.function);
  return {
    kind: "function",
    name: textOf(name) ?? refuse("tools", "a list in which every tool has a name"),
    ...present({
      description: textOf(description),
      parameters: isObject(parameters) ? parameters : undefined,
      strict: strict === true ? true : undefined,
    }),
  };
}

function decodeChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined;
  if (choice === "REQUIRED") return { type: "required" };
  return choice === "NONE" ? { type: "none" } : refuse("tool_choice", "REQUIRED or NONE");
}

function decodeFormat(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined;
  if (format.type === "text") return { type: "text" };
  const { json_schema: schema } = format;
  return isObject(schema) ? { type: "json_schema", name: "response", schema } : { type: "json" };
}

/** Budgets are this protocol's own; others hear of as much effort as there is, or none. */
function decodeThinking(thinking: unknown): string | undefined {
  if (!isObject(thinking)) return undefined;
  return thinking.type === "disabled" ? "none" : "high";
}
