/** A request of Anthropic's dialect → neutral. https://platform.claude.com/docs/en/api/messages/create */
import { ASKED_COST } from "../../chat/asked_cost.ts";
import type { ChatRequest, OutputFormat } from "../../chat/request.ts";
import { isObject, type Json, objectOf, present, restOf, textOf } from "../../json/fields.ts";
import { read, refuse } from "./check_request.ts";
import { decodeMessages, decodeSystem } from "./decode_messages.ts";
import { decodeTools } from "./decode_tools.ts";
import { extend } from "./extension.ts";

const KNOWN = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stream",
  "temperature",
  "top_p",
  "stop_sequences",
  "tools",
  "tool_choice",
  "metadata",
  "output_config",
  "output_format",
  ASKED_COST,
]);
const USER = new Set(["user_id"]);
const FORMAT = new Set(["format"]);

/** Reads a request; what only this protocol can say goes to the extensions. Throws 2019 naming the parameter. */
export function decodeRequest(body: Json): ChatRequest {
  const { messages } = body;
  if (!Array.isArray(messages)) refuse("messages", "an array of messages");
  const { rest: toolRest, ...tools } = decodeTools(body);
  const stream = read(body, "stream", "boolean") ?? false;
  const { format, rest: formatRest } = decodeFormat(body);
  const metadata = objectOf(body.metadata);
  const kept = restOf(metadata, USER);
  return {
    model: read(body, "model", "string") ?? refuse("model", "a string"),
    messages: [...decodeSystem(body.system), ...decodeMessages(messages)],
    stream,
    ...tools,
    ...present({
      // Whoever reads this protocol's streams expects counts at their end.
      streamUsage: stream ? true : undefined,
      maxTokens: read(body, "max_tokens", "number"),
      temperature: read(body, "temperature", "number"),
      topP: read(body, "top_p", "number"),
      stopSequences: decodeStop(body.stop_sequences),
      outputFormat: format,
      reasoningEffort: decodeEffort(body),
      user: textOf(metadata.user_id),
    }),
    ...extend({
      ...restOf(body, KNOWN),
      ...toolRest,
      ...formatRest,
      ...(Object.keys(kept).length > 0 && { metadata: kept }),
    }),
  };
}

function decodeStop(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  if (!Array.isArray(stop) || !stop.every((each) => typeof each === "string")) {
    refuse("stop_sequences", "an array of strings");
  }
  return stop.length === 0 ? undefined : stop;
}

/** The format stands in `output_config`, and stood in `output_format` before. */
function decodeFormat(body: Json): { format?: OutputFormat; rest: Json } {
  const config = objectOf(body.output_config);
  const written = config.format ?? body.output_format;
  const { type, schema } = objectOf(written);
  if (type !== "json_schema" || !isObject(schema)) {
    return {
      rest: present({ output_config: body.output_config, output_format: body.output_format }),
    };
  }
  const more = restOf(config, FORMAT);
  return {
    format: { type: "json_schema", name: "response", schema },
    rest: Object.keys(more).length > 0 ? { output_config: more } : {},
  };
}

/** For other models: the effort that is asked for, or what a budget comes to. Anthropic gets the very words. */
function decodeEffort({ output_config, thinking }: Json): string | undefined {
  const effort = textOf(objectOf(output_config).effort);
  if (effort !== undefined) return effort;
  const { type, budget_tokens: budget } = objectOf(thinking);
  if (type === "disabled") return "none";
  if (type !== "enabled" || typeof budget !== "number") return undefined;
  if (budget <= 2048) return "low";
  return budget <= 8192 ? "medium" : "high";
}
