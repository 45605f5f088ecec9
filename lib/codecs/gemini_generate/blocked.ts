import { type Json, objectOf } from "../../json/fields.ts";

/** Whether Google refused the prompt: such an answer has no candidates, and its refusal only repeats this. */
export function isBlocked(answer: Json): boolean {
  return objectOf(answer.promptFeedback).blockReason !== undefined;
}
