/** The repairs that a whole answer and a chunk of a stream have in common. */
import { isObject, type Json, objectsOf, textOf } from "../../json/fields.ts";
import type { Edits } from "./edits.ts";

/** The values OpenAI's own answers may have; typed clients know no other. */
const SERVICE_TIERS = new Set(["auto", "default", "flex", "scale", "priority", "fast"]);

/** Groq's words for the same. */
const TIER_WORDS: Record<string, string> = { on_demand: "default", performance: "priority" };

/** Fields of the answer itself, besides `id`, `object`, `created`, `model`, `choices` and `usage`. */
export function repairEnvelope(edits: Edits, answer: Json): void {
  edits.dropNulls(answer, ["system_fingerprint", "service_tier"]);
  if (answer.system_fingerprint !== undefined && typeof answer.system_fingerprint !== "string") {
    edits.drop(answer, "system_fingerprint");
  }
  const tier = answer.service_tier;
  if (tier === undefined || (typeof tier === "string" && SERVICE_TIERS.has(tier))) return;
  edits.set(answer, "native_service_tier", tier);
  const word = Object.hasOwn(TIER_WORDS, String(tier)) ? TIER_WORDS[String(tier)] : undefined;
  if (word === undefined) edits.drop(answer, "service_tier");
  else edits.set(answer, "service_tier", word);
}

/** Content, reasoning and refusal of a message or a delta, which providers write in many ways. */
export function repairTexts(edits: Edits, message: Json): void {
  const { content } = message;
  let thoughts = textOf(message.reasoning_content) ?? readReasoning(message.reasoning);
  if (Array.isArray(content)) {
    thoughts ??= textOf(content.map(thinkingOf).join(""));
    edits.set(message, "content", textOf(content.map(partText).join("")) ?? null);
  } else if (isObject(content)) {
    // Workers AI gives the object a JSON schema asked for; clients expect its text.
    edits.set(message, "content", JSON.stringify(content));
  } else if (content !== undefined && content !== null && typeof content !== "string") {
    edits.set(message, "content", String(content));
  }
  edits.drop(message, "reasoning");
  if (thoughts !== undefined) edits.set(message, "reasoning_content", thoughts);
  else if (typeof message.reasoning_content !== "string") edits.drop(message, "reasoning_content");
  if (
    message.refusal !== undefined && message.refusal !== null && typeof message.refusal !== "string"
  ) {
    edits.drop(message, "refusal");
  }
  repairAnnotations(edits, message);
}

function readReasoning(reasoning: unknown): string | undefined {
  return textOf(isObject(reasoning) ? reasoning.content : reasoning);
}

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  if (!isObject(part) || (part.type !== "text" && part.type !== "output_text")) return "";
  return textOf(part.text) ?? "";
}

/** Mistral: `{type: "thinking", thinking: [{type: "text", text}]}`. */
function thinkingOf(part: unknown): string {
  if (!isObject(part) || part.type !== "thinking") return "";
  if (typeof part.thinking === "string") return part.thinking;
  return Array.isArray(part.thinking) ? part.thinking.map(partText).join("") : "";
}

/** Typed clients know `url_citation` alone; others, such as OpenRouter's parsed files, get a name of their own. */
function repairAnnotations(edits: Edits, message: Json): void {
  if (!("annotations" in message)) return;
  const all = objectsOf(message.annotations);
  const citations = all.filter((each) => isObject(each.url_citation));
  if (citations.length < all.length) {
    edits.set(message, "native_annotations", all.filter((each) => !citations.includes(each)));
  }
  if (citations.length === 0 && (all.length > 0 || !Array.isArray(message.annotations))) {
    edits.drop(message, "annotations");
  } else if (citations.length < all.length) edits.set(message, "annotations", citations);
  for (const each of citations) repairCitation(edits, each, each.url_citation as Json);
}

function repairCitation(edits: Edits, annotation: Json, citation: Json): void {
  edits.set(annotation, "type", "url_citation");
  for (const key of ["url", "title"]) {
    if (typeof citation[key] !== "string") edits.set(citation, key, "");
  }
  for (const key of ["start_index", "end_index"]) {
    if (!Number.isInteger(citation[key])) edits.set(citation, key, 0);
  }
}

/** Reasons of other protocols that leak through compatible endpoints. */
const REASONS: Record<string, string> = {
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  end_turn: "stop",
  complete: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  function_call: "function_call",
  model_length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  // DeepSeek ran out of machines in the middle of an answer.
  insufficient_system_resource: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  tool_call: "tool_calls",
  safety: "content_filter",
  recitation: "content_filter",
  refusal: "content_filter",
  content_filtered: "content_filter",
  guardrail_intervened: "content_filter",
  sensitive: "content_filter",
};

/**
 * OpenAI's word for a native finish reason; unknown ones mean that the answer ended. A tool call the
 * client has to answer turns `stop` into `tool_calls`, never `length` or `content_filter`.
 */
export function settleReason(native: unknown, calledTool: boolean): string {
  const reason = knownReason(native) ?? "stop";
  return reason === "stop" && calledTool ? "tool_calls" : reason;
}

/** Whether that the answer ended is a guess: there is no reason, or one that nobody knows. */
export function isDoubtful(native: unknown): boolean {
  return knownReason(native) === undefined;
}

function knownReason(native: unknown): string | undefined {
  const word = textOf(native)?.toLowerCase();
  return word !== undefined && Object.hasOwn(REASONS, word) ? REASONS[word] : undefined;
}

/** Sets `finish_reason`, keeping the provider's own word beside it where it was another. */
export function repairFinish(edits: Edits, choice: Json, calledTool: boolean): void {
  const native = choice.finish_reason;
  const reason = settleReason(native, calledTool);
  if (native === reason) return;
  if (textOf(native) !== undefined && choice.native_finish_reason === undefined) {
    edits.set(choice, "native_finish_reason", native);
  }
  edits.set(choice, "finish_reason", reason);
}

/** Log probabilities: OpenAI's own form, or the `tokens`/`token_logprobs` pairs of its older endpoint. */
export function repairLogprobs(edits: Edits, choice: Json): void {
  const { logprobs } = choice;
  if (logprobs === null || logprobs === undefined) return;
  if (!isObject(logprobs)) return repairBareLogprob(edits, choice, logprobs);
  if (!Array.isArray(logprobs.content) && Array.isArray(logprobs.tokens)) {
    edits.set(logprobs, "content", pairTokens(logprobs.tokens, logprobs.token_logprobs));
  }
  for (const key of ["content", "refusal"]) {
    if (!Array.isArray(logprobs[key])) edits.set(logprobs, key, null);
    for (const token of objectsOf(logprobs[key])) repairToken(edits, token);
  }
}

/** Together streams a token's number alone, beside its text. */
function repairBareLogprob(edits: Edits, choice: Json, logprob: unknown): void {
  const token = textOf(isObject(choice.delta) ? choice.delta.content : undefined);
  const known = typeof logprob === "number" && token !== undefined;
  edits.set(
    choice,
    "logprobs",
    known ? { content: [{ token, logprob, bytes: null, top_logprobs: [] }], refusal: null } : null,
  );
}

function pairTokens(tokens: unknown[], logprobs: unknown): Json[] {
  const values = Array.isArray(logprobs) ? logprobs : [];
  return tokens.map((token, at) => ({ token: String(token), logprob: values[at] }));
}

function repairToken(edits: Edits, token: Json): void {
  if (typeof token.token !== "string") edits.set(token, "token", "");
  if (typeof token.logprob !== "number") edits.set(token, "logprob", 0);
  if (!Array.isArray(token.bytes)) edits.set(token, "bytes", null);
  if (!Array.isArray(token.top_logprobs)) edits.set(token, "top_logprobs", []);
  for (const other of objectsOf(token.top_logprobs)) {
    if (!Array.isArray(other.bytes)) edits.set(other, "bytes", null);
  }
}

/** Arguments as JSON text; what stands for "none" becomes `""`, which the end of the call turns into `{}`. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value.trim() === "null" ? "" : value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
