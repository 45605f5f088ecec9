import { asksCost } from "../../chat/asked_cost.ts";
import type { OutputPeek, RequestPeek } from "../../chat/codec.ts";
import { GatewayError } from "../../errors.ts";
import { present, quantityOf } from "../../json/fields.ts";
import { readNames } from "../../json/read_members.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";

/** Reads `model`, `stream` and what is wanted beside the answer; checks that there are messages at all. */
export function peekRequest(body: JsonText): RequestPeek {
  const model = readMember(body, "model");
  if (typeof model !== "string" || model === "") {
    throw badFormat("model", 'a string such as "openai/gpt-5-mini"');
  }
  const messages = body.members.get("messages");
  if (messages === undefined || body.text[messages.start] !== "[") {
    throw badFormat("messages", "an array of messages");
  }
  const stream = readMember(body, "stream") ?? false;
  if (typeof stream !== "boolean") throw badFormat("stream", "true or false");
  const cost = asksCost(body);
  const wishes = { usage: stream && (wantsUsage(body) || cost) };
  const fallbacks = peekFallbacks(body);
  return { model, stream, wishes, cost, ...(fallbacks !== undefined && { fallbacks }) };
}

/** OpenRouter's `models`: https://openrouter.ai/docs/guides/routing/model-fallbacks. */
export function peekFallbacks(body: JsonText): string[] | undefined {
  return body.members.has("models") ? readNames(body.value, "models") : undefined;
}

/** Reads `max_completion_tokens`, or `max_tokens`, and `n`. */
export function peekOutput(body: JsonText): OutputPeek {
  const count = (name: string) => quantityOf(readMember(body, name));
  return present({
    most: count("max_completion_tokens") ?? count("max_tokens"),
    choices: count("n"),
  });
}

function wantsUsage(body: JsonText): boolean {
  const options = readMember(body, "stream_options") ?? {};
  if (typeof options !== "object") throw badFormat("stream_options", "an object");
  return (options as { include_usage?: unknown }).include_usage === true;
}

function badFormat(param: string, expected: string): GatewayError {
  return new GatewayError(2019, `Chat completion bad format: ${param} must be ${expected}`, {
    param,
  });
}
