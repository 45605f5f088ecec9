/** Any OpenAI-like provider's whole answer → one that is valid against OpenAI's own schema. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import { makeCallId } from "../../chat/call_id.ts";
import { isObject, type Json, objectsOf, textOf } from "../../json/fields.ts";
import { Edits } from "./edits.ts";
import {
  argumentsText,
  repairEnvelope,
  repairFinish,
  repairLogprobs,
  repairTexts,
} from "./repair_fields.ts";
import { annotationsFor } from "./sources.ts";
import { ThinkSplitter } from "./think_tags.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { findUsage, repairUsage } from "./repair_usage.ts";

/** Repairs a parsed answer in place; gives whether anything changed. Right answers stay as they are. */
export function repairResponse(
  profile: OpenAIChatProfile,
  answer: Json,
  defaults: AnswerDefaults,
): boolean {
  const edits = new Edits();
  if (textOf(answer.id) === undefined) edits.set(answer, "id", defaults.id);
  edits.set(answer, "object", "chat.completion");
  edits.set(answer, "created", settleCreated(answer.created, defaults.created));
  if (textOf(answer.model) === undefined) edits.set(answer, "model", defaults.model);
  repairEnvelope(edits, answer);
  const usage = findUsage(answer);
  const choices = objectsOf(answer.choices);
  if (choices.length !== (answer.choices as unknown[]).length) {
    edits.set(answer, "choices", choices);
  }
  dropNoise(edits, profile, answer, choices);
  choices.forEach((choice, at) => {
    repairChoice(edits, choice, at, String(answer.id));
    const message = choice.message as Json;
    if (profile.thinkTags === true) splitThoughts(edits, message);
    addAnnotations(edits, answer, message);
  });
  setUsage(edits, answer, usage);
  return edits.changed;
}

/** Takes out what means nothing. */
export function dropNoise(
  edits: Edits,
  { noise = [] }: OpenAIChatProfile,
  answer: Json,
  choices: readonly Json[],
): void {
  for (const key of noise) {
    edits.drop(answer, key);
    for (const choice of choices) {
      edits.drop(choice, key);
      if (isObject(choice.delta)) edits.drop(choice.delta, key);
    }
  }
}

function splitThoughts(edits: Edits, message: Json): void {
  if (typeof message.content !== "string" || message.reasoning_content !== undefined) return;
  const splitter = new ThinkSplitter();
  const first = splitter.push(message.content);
  const rest = splitter.end();
  const thought = first.thought + rest.thought;
  if (thought === "") return;
  edits.set(message, "reasoning_content", thought);
  edits.set(message, "content", first.text + rest.text);
}

function addAnnotations(edits: Edits, answer: Json, message: Json): void {
  if (message.annotations !== undefined) return;
  const annotations = annotationsFor(answer, textOf(message.content) ?? "");
  if (annotations.length > 0) edits.set(message, "annotations", annotations);
}

/** Whole seconds; zero counts as absent. */
export function settleCreated(created: unknown, fallback: number): number {
  return typeof created === "number" && created >= 1 ? Math.floor(created) : fallback;
}

function setUsage(edits: Edits, answer: Json, found: Json | undefined): void {
  const usage = found && repairUsage(found);
  if (usage === undefined) return edits.drop(answer, "usage");
  if (JSON.stringify(usage) !== JSON.stringify(answer.usage)) edits.set(answer, "usage", usage);
}

function repairChoice(edits: Edits, choice: Json, at: number, answerId: string): void {
  if (!Number.isInteger(choice.index)) edits.set(choice, "index", at);
  edits.drop(choice, "usage");
  if (!isObject(choice.message)) {
    // A completion endpoint's `text`, or a stream's `delta`, where the message should be.
    edits.set(
      choice,
      "message",
      isObject(choice.delta) ? choice.delta : { content: choice.text ?? null },
    );
  }
  edits.drop(choice, "delta");
  edits.drop(choice, "text");
  const message = choice.message as Json;
  edits.set(message, "role", "assistant");
  edits.dropNulls(message, ["tool_calls", "function_call", "annotations"]);
  repairTexts(edits, message);
  const calls = repairCalls(edits, message, choice.index as number, answerId);
  if (message.content === undefined || (message.content === "" && calls > 0)) {
    edits.set(message, "content", null);
  }
  if (message.refusal === undefined) edits.set(message, "refusal", null);
  if (choice.logprobs === undefined) edits.set(choice, "logprobs", null);
  repairLogprobs(edits, choice);
  repairFinish(edits, choice, calls > 0);
}

/** Gives how many calls there are. */
function repairCalls(edits: Edits, message: Json, choice: number, answerId: string): number {
  if (message.tool_calls === undefined) return 0;
  const given: unknown = message.tool_calls;
  const calls = objectsOf(isObject(given) ? [given] : given);
  if (calls.length === 0) {
    edits.drop(message, "tool_calls");
    return 0;
  }
  if (!Array.isArray(given) || calls.length !== given.length) {
    edits.set(message, "tool_calls", calls);
  }
  const seen = new Set<string>();
  calls.forEach((call, at) => {
    const id = textOf(call.id);
    if (id === undefined || seen.has(id)) edits.set(call, "id", makeCallId(answerId, choice, at));
    seen.add(String(call.id));
    repairCall(edits, call);
  });
  return calls.length;
}

function repairCall(edits: Edits, call: Json): void {
  if (isObject(call.custom) && !isObject(call.function)) return edits.set(call, "type", "custom");
  edits.set(call, "type", "function");
  // Some write the function's members beside the id.
  if (!isObject(call.function)) {
    edits.set(call, "function", { name: call.name, arguments: call.arguments });
  }
  const called = call.function as Json;
  if (typeof called.name !== "string") edits.set(called, "name", "");
  edits.set(called, "arguments", argumentsText(called.arguments) || "{}");
}
