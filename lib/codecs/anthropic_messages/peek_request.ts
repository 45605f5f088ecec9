import { asksCost } from "../../chat/asked_cost.ts";
import type { OutputPeek, RequestPeek } from "../../chat/codec.ts";
import { present, quantityOf } from "../../json/fields.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { refuse } from "./check_request.ts";

/** Reads `model` and `stream`; checks that there are messages at all. Streams always end with counts. */
export function peekRequest(body: JsonText): RequestPeek {
  const model = readMember(body, "model");
  if (typeof model !== "string" || model === "") {
    refuse("model", 'a string such as "anthropic/claude-sonnet-4-5"');
  }
  const messages = body.members.get("messages");
  if (messages === undefined || body.text[messages.start] !== "[") {
    refuse("messages", "an array of messages");
  }
  const stream = readMember(body, "stream") ?? false;
  if (typeof stream !== "boolean") refuse("stream", "true or false");
  return { model, stream, wishes: { usage: true }, cost: asksCost(body) };
}

/** Reads `max_tokens`. */
export function peekOutput(body: JsonText): OutputPeek {
  return present({ most: quantityOf(readMember(body, "max_tokens")) });
}
