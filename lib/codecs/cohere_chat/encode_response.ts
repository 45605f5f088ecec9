/** Neutral → a whole answer in Cohere's dialect. */
import type { Part, ReasoningPart } from "../../chat/request.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { encodeCitations } from "./citations.ts";
import { encodeCall } from "./encode_messages.ts";
import { FINISH_REASONS } from "./finish_reason.ts";
import { extensionOf } from "./profile.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer, WireContent, WireMessage } from "./wire.ts";

/** Writes a whole answer as JSON text; of several choices the first, since Cohere gives but one. */
export function encodeResponse(response: ChatResponse): string {
  const choice = response.choices[0] ?? { index: 0, parts: [], finishReason: "stop" };
  return JSON.stringify(encodeAnswer(response, choice));
}

function encodeAnswer({ id, usage }: ChatResponse, choice: Choice): WireAnswer {
  const { logprobs } = extensionOf(choice);
  return {
    id,
    finish_reason: FINISH_REASONS.encode(choice.finishReason, choice.nativeFinishReason),
    message: encodeMessage(choice.parts),
    ...(usage !== undefined && { usage: encodeUsage(usage) }),
    ...(logprobs !== undefined && { logprobs }),
  };
}

function encodeMessage(parts: readonly Part[]): WireMessage {
  const content = parts.flatMap(encodeBlock);
  const text = content.map((block) => block.type === "text" ? block.text : "").join("");
  const plan = parts.map((part) => part.type === "reasoning" && isPlan(part) ? part.content : "")
    .join("");
  const calls = parts.filter((part) => part.type === "tool_call");
  const citations = encodeCitations(parts.filter((part) => part.type === "citation"), text);
  return {
    role: "assistant",
    ...(content.length > 0 && { content }),
    ...(plan !== "" && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => encodeCall(call)) }),
    ...(citations.length > 0 && { citations }),
  };
}

/** Whether a thought is Cohere's plan of which tools to call. */
export function isPlan(part: ReasoningPart): boolean {
  return extensionOf(part).plan === true;
}

/** A part as a block of content, if it is one. */
export function encodeBlock(part: Part): WireContent[] {
  if (part.type === "text" || part.type === "refusal") {
    return part.content === "" ? [] : [{ type: "text", text: part.content }];
  }
  if (part.type !== "reasoning" || isPlan(part) || part.content === "") return [];
  return [{ type: "thinking", thinking: part.content }];
}
