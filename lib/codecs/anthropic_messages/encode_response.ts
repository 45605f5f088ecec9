/** Neutral → a whole answer of Anthropic's. https://platform.claude.com/docs/en/api/messages/create */
import type { Part } from "../../chat/request.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { isObject, objectsOf, textOf } from "../../json/fields.ts";
import { encodeAnswerBlock, encodeSource } from "./encode_answer_blocks.ts";
import { extensionOf } from "./extension.ts";
import { encodeStopReason } from "./stop_reason.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer, WireBlock } from "./wire.ts";

/** Writes a whole answer as JSON text. Only the first choice has a place. */
export function encodeResponse(response: ChatResponse): string {
  const { id, model, choices: [choice], usage } = response;
  const parts = choice?.parts ?? [];
  const answer: WireAnswer = {
    id,
    type: "message",
    role: "assistant",
    model,
    content: encodeContent(parts),
    ...encodeEnd(choice, refusalOf(parts)),
    container: null,
    usage: encodeUsage(usage),
    ...extensionOf(response),
  };
  return JSON.stringify(answer);
}

function encodeContent(parts: readonly Part[]): WireBlock[] {
  const blocks: WireBlock[] = [];
  for (const part of parts) {
    const source = encodeSource(part);
    const last = blocks.at(-1);
    if (source === undefined) {
      const block = encodeAnswerBlock(part);
      if (block !== undefined) blocks.push(block);
    } else if (last?.type === "text") {
      last.citations = [...objectsOf(last.citations), source];
    }
  }
  return blocks;
}

function refusalOf(parts: readonly Part[]): string {
  return parts.map((part) => part.type === "refusal" ? part.content : "").join("");
}

type AnswerEnd = Pick<WireAnswer, "stop_reason" | "stop_sequence" | "stop_details">;

/** Why an answer ended, in a whole one and in the last events of a stream. */
export function encodeEnd(
  choice: Pick<Choice, "finishReason" | "nativeFinishReason" | "extensions"> | undefined,
  refusal: string,
): AnswerEnd {
  const { stop_sequence, stop_details } = extensionOf(choice ?? {});
  const { finishReason = "error", nativeFinishReason } = choice ?? {};
  // Others say that they refuse, and then that they are done.
  const reason = refusal !== "" && finishReason === "stop" ? "content_filter" : finishReason;
  const refused = refusal !== "" || isObject(stop_details);
  return {
    stop_reason: encodeStopReason(reason, nativeFinishReason),
    stop_sequence: textOf(stop_sequence) ?? null,
    stop_details: refused
      ? {
        type: "refusal",
        category: null,
        ...(isObject(stop_details) && stop_details),
        explanation: refusal === "" ? null : refusal,
      }
      : null,
  };
}
