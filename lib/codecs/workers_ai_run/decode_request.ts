/** A request of Workers AI's → neutral: made OpenAI's first, then read as one. */
import type { CallerCodec } from "../../chat/codec.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { modelOfPath } from "./run_path.ts";

/** Reads a request whose model stands in the path, or in the body. Throws 2019 naming the parameter. */
export function decodeRequest(chat: CallerCodec, body: Json, path?: string): ChatRequest {
  const { prompt, messages, tools, response_format, ...rest } = body;
  return chat.decodeRequest({
    ...rest,
    model: modelOfPath(path) ?? body.model,
    messages: prompt === undefined || messages !== undefined
      ? pairedMessages(messages)
      : [{ role: "user", content: promptText(prompt) }],
    ...(Array.isArray(tools) && { tools: tools.map(wrappedTool) }),
    ...(response_format !== undefined && { response_format: wrappedFormat(response_format) }),
    // Its streams always end with the counts.
    ...(body.stream === true && { stream_options: { include_usage: true } }),
  });
}

function promptText(prompt: unknown): string {
  return typeof prompt === "string" ? prompt : refuse("prompt", "a string");
}

/** Calls without ids, flat or OpenAI's, and results that don't name theirs: paired by their order. */
function pairedMessages(messages: unknown): unknown {
  if (!Array.isArray(messages)) return messages;
  const waiting: string[] = [];
  let made = 0;
  return messages.map((message: unknown) => {
    if (!isObject(message)) return message;
    if (message.role === "tool") {
      const { tool_call_id } = message;
      const id = typeof tool_call_id === "string" ? tool_call_id : waiting[0] ?? `call_${made++}`;
      const at = waiting.indexOf(id);
      if (at >= 0) waiting.splice(at, 1);
      return { ...message, tool_call_id: id };
    }
    if (!Array.isArray(message.tool_calls)) return message;
    const calls = objectsOf(message.tool_calls).map((call) =>
      wrappedCall(call, () => `call_${made++}`)
    );
    waiting.push(...calls.map(({ id }) => String(id)));
    return { ...message, tool_calls: calls };
  });
}

function wrappedCall(call: Json, makeId: () => string): Json {
  const id = typeof call.id === "string" && call.id !== "" ? call.id : makeId();
  if (isObject(call.function) || isObject(call.custom)) return { ...call, id };
  const { name, arguments: given } = call;
  const args = typeof given === "string" ? given : JSON.stringify(given ?? {});
  return { id, type: "function", function: { name, arguments: args } };
}

function wrappedTool(tool: unknown): unknown {
  if (!isObject(tool) || typeof tool.name !== "string" || tool.type !== undefined) return tool;
  return { type: "function", function: tool };
}

/** A schema may stand alone, where OpenAI has it in an envelope with a name. */
function wrappedFormat(format: unknown): unknown {
  if (!isObject(format) || !isObject(format.json_schema)) return format;
  if (isObject(objectOf(format.json_schema).schema)) return format;
  return { ...format, json_schema: { name: "response", schema: format.json_schema } };
}
