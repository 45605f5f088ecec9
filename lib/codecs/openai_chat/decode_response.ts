/** A whole answer of any OpenAI-like provider → neutral. https://platform.openai.com/docs/api-reference/chat/object */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { Part } from "../../chat/request.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { decodeCalls, decodeCitation, decodeImages, decodeSpeech } from "./answer_parts.ts";
import { makeCallId } from "../../chat/call_id.ts";
import { extend } from "./extension.ts";
import { isObject, type Json, objectOf, objectsOf, restOf, textOf } from "../../json/fields.ts";
import { decodeFinishReason } from "./finish_reason.ts";
import { parseAnswer } from "./parse_answer.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { decodeReasoning } from "./reasoning.ts";
import { isDoubtful } from "./repair_fields.ts";
import { repairResponse } from "./repair_response.ts";
import type { WireUsage } from "./repair_usage.ts";
import { decodeUsage } from "./usage.ts";

const ANSWER_MEMBERS = new Set(["id", "object", "created", "model", "choices", "usage"]);
const CHOICE_MEMBERS = new Set([
  "index",
  "message",
  "delta",
  "text",
  "finish_reason",
  "native_finish_reason",
]);
const MESSAGE_MEMBERS = new Set([
  "role",
  "content",
  "refusal",
  "reasoning_content",
  "reasoning_details",
  "thinking_blocks",
  "tool_calls",
  "function_call",
  "annotations",
  "audio",
  "images",
]);

/** Reads a whole answer. Throws 2120 for an error inside a 200, 2002 for text that is no answer. */
export function decodeResponse(
  profile: OpenAIChatProfile,
  text: string,
  defaults: AnswerDefaults,
): ChatResponse {
  const answer = parseAnswer(text);
  const words = objectsOf(answer.choices).map(({ finish_reason }) => finish_reason);
  repairResponse(profile, answer, defaults);
  const id = String(answer.id);
  return {
    id,
    model: String(answer.model),
    created: Number(answer.created),
    choices: objectsOf(answer.choices).map((choice, at) => decodeChoice(choice, words[at], id)),
    ...(isObject(answer.usage) && { usage: decodeUsage(answer.usage as WireUsage) }),
    ...extend(restOf(answer, ANSWER_MEMBERS)),
  };
}

/** `word`: why it ended, as the provider said it. */
function decodeChoice(choice: Json, word: unknown, answerId: string): Choice {
  const message = objectOf(choice.message);
  const index = Number(choice.index);
  const reason = String(choice.finish_reason);
  return {
    index,
    parts: decodeParts(message, makeCallId(answerId, index, 0)),
    finishReason: decodeFinishReason(reason),
    ...decodeNative(choice, reason),
    ...(isDoubtful(word) && { doubtful: true }),
    ...extend(choiceRest(choice, message)),
  };
}

/** The provider's own word for the finish, where OpenAI's alone would not bring it back. */
export function decodeNative(choice: Json, reason: string): { nativeFinishReason?: string } {
  const native = reason === "function_call" ? reason : textOf(choice.native_finish_reason);
  return native === undefined ? {} : { nativeFinishReason: native };
}

/** What a choice holds besides its content: log probabilities, filter results, a message's own extras. */
export function choiceRest(choice: Json, message: Json): Json {
  const rest = restOf(choice, CHOICE_MEMBERS);
  const messageRest = restOf(message, MESSAGE_MEMBERS);
  return Object.keys(messageRest).length > 0 ? { ...rest, message: messageRest } : rest;
}

function decodeParts(message: Json, legacyId: string): Part[] {
  const content = textOf(message.content);
  const refusal = textOf(message.refusal);
  return [
    ...decodeReasoning(message),
    ...(content === undefined ? [] : [{ type: "text" as const, content }]),
    ...(refusal === undefined ? [] : [{ type: "refusal" as const, content: refusal }]),
    ...objectsOf(message.annotations).map(decodeCitation),
    ...decodeSpeech(message.audio),
    ...decodeImages(message.images),
    ...decodeCalls(message, legacyId),
  ];
}
