/** Neutral → a whole answer that is valid against OpenAI's schema. */
import type { MediaPart, Part } from "../../chat/request.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { encodeAnswerMedia, encodeCall, encodeCitation, isLegacyCall } from "./answer_parts.ts";
import { extensionOf } from "./extension.ts";
import { type Json, objectOf } from "../../json/fields.ts";
import { encodeFinishReason } from "./finish_reason.ts";
import { encodeReasoning } from "./reasoning.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer, WireMessage } from "./wire.ts";

/** Writes a whole answer as JSON text. */
export function encodeResponse(response: ChatResponse): string {
  const answer: WireAnswer = {
    id: response.id,
    object: "chat.completion",
    created: response.created,
    model: response.model,
    choices: response.choices.map(encodeChoice),
    ...(response.usage !== undefined && { usage: encodeUsage(response.usage) }),
    ...extensionOf(response),
  };
  return JSON.stringify(answer);
}

function encodeChoice(choice: Choice): WireAnswer["choices"][number] {
  const { message, logprobs, ...rest } = extensionOf(choice);
  const reason = encodeFinishReason(choice.finishReason, choice.nativeFinishReason);
  return {
    index: choice.index,
    message: { ...encodeMessage(choice.parts), ...objectOf(message) },
    logprobs: (logprobs ?? null) as WireAnswer["choices"][number]["logprobs"],
    finish_reason: reason as WireAnswer["choices"][number]["finish_reason"],
    ...nativeReason(choice.nativeFinishReason, reason),
    ...rest,
  };
}

/** Shown only where it says more than OpenAI's own word. */
export function nativeReason(native: string | undefined, reason: string): Json {
  return native === undefined || native === reason ? {} : { native_finish_reason: native };
}

function encodeMessage(parts: readonly Part[]): WireMessage {
  const calls = parts.filter((part) => part.type === "tool_call");
  const toolCalls = calls.filter((part) => !isLegacyCall(part)).map(encodeCall);
  const legacy = calls.find(isLegacyCall);
  const refusal = joined(parts, "refusal");
  const citations = parts.filter((part) => part.type === "citation");
  const media = encodeAnswerMedia(parts.filter((part): part is MediaPart => "modality" in part));
  // OpenAI writes null where a message is something else than text, and "" where it is empty text.
  const silent = calls.length > 0 || refusal !== "" || media.audio !== undefined;
  return {
    role: "assistant",
    content: joined(parts, "text") || (silent ? null : ""),
    refusal: refusal || null,
    ...encodeReasoning(parts.filter((part) => part.type === "reasoning")),
    ...(citations.length > 0 && { annotations: citations.map(encodeCitation) }),
    ...media,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls as unknown as WireMessage["tool_calls"] }),
    ...(legacy !== undefined &&
      { function_call: { name: legacy.name, arguments: legacy.arguments } }),
  };
}

function joined(parts: readonly Part[], type: "text" | "refusal"): string {
  return parts.map((part) => part.type === type ? part.content : "").join("");
}
