/** A neutral request → Cohere's. https://docs.cohere.com/v2/reference/chat */
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import { foreignMembers } from "../../chat/extension.ts";
import { type ForeignWords, reportForeign, reportMembers } from "../../chat/foreign_losses.ts";
import { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { isObject, type Json, present } from "../../json/fields.ts";
import { encodeMessages } from "./encode_messages.ts";
import { encodeFormat, encodeTools } from "./encode_tools.ts";
import { type CohereCapabilities, extensionOf, PROTOCOL } from "./profile.ts";
import type { WireMessage } from "./wire.ts";

/** Writes a request in Cohere's words; nothing else may be in it, since unknown members are refused. */
export function encodeRequest(
  capabilities: CohereCapabilities,
  request: ChatRequest,
  { model, stream }: CallOptions,
): EncodedRequest {
  const losses = new Losses();
  const own = { ...adopted(request, capabilities, losses), ...extensionOf(request) };
  reportForeign(request, PROTOCOL, FOREIGN_WORDS, losses);
  const tools = encodeTools(request, capabilities, losses);
  const documents = Array.isArray(own.documents) && own.documents.length > 0;
  const format = encodeFormat(request.outputFormat, documents || "tools" in tools, losses);
  const messages = encodeMessages(request.messages, { capabilities, losses });
  const body = {
    model,
    messages: format.told === undefined ? messages : tell(messages, format.told),
    ...(stream && { stream: true }),
    ...tools,
    ...format.member,
    ...encodeSampling(request, losses),
    ...encodeThinking(request, capabilities, losses),
    ...own,
  };
  return { path: "/chat", body: JSON.stringify(body), warnings: losses.warnings };
}

/** Nothing but the detail of a picture; it caches by itself, so a mark of where to do it says nothing to it. */
const FOREIGN_WORDS: ForeignWords = {
  message: () => false,
  part: (name) => name === "detail",
  tool: () => false,
};

/** Members of Cohere's own that callers of other dialects may send, by the names in use. */
const ADOPTED: Readonly<Record<string, string>> = {
  citation_options: "citation_options",
  documents: "documents",
  k: "k",
  priority: "priority",
  safety_mode: "safety_mode",
  strict_tools: "strict_tools",
  top_k: "k",
};

/** Other names for what the neutral language has kept, or what says nothing to a provider. */
const SILENT: ReadonlySet<string> = new Set(["function_call"]);

function adopted(request: ChatRequest, { thinking }: CohereCapabilities, losses: Losses): Json {
  const own: Json = {};
  for (const [name, value] of foreignMembers(request, PROTOCOL)) {
    const known = ADOPTED[name];
    if (known !== undefined) own[known] = value;
    else if (name === "thinking") {
      if (thinking && isOwnThinking(value)) own.thinking = value;
      // What others mean by that name, the effort says, too.
      else if (request.reasoningEffort === undefined) losses.dropped(name);
    } else if (name === "stream_options") reportMembers(value, name, losses);
    else if (!SILENT.has(name)) losses.dropped(name === "other_tools" ? "tools" : name);
  }
  return own;
}

/** https://docs.cohere.com/docs/reasoning: `{type, token_budget}`; Anthropic's has other members. */
function isOwnThinking(value: unknown): boolean {
  return isObject(value) && (value.type === "enabled" || value.type === "disabled") &&
    Object.keys(value).every((key) => key === "type" || key === "token_budget");
}

/** Before everything else that is said, where the system speaks. */
function tell(messages: readonly WireMessage[], content: string): WireMessage[] {
  const first = messages.findIndex(({ role }) => role !== "system");
  const at = first === -1 ? messages.length : first;
  return [...messages.slice(0, at), { role: "system", content }, ...messages.slice(at)];
}

function encodeSampling(request: ChatRequest, losses: Losses): Json {
  const { choiceCount, seed, stopSequences, logprobs } = request;
  if (choiceCount !== undefined && choiceCount > 1) losses.dropped("n");
  if (request.user !== undefined) losses.dropped("user");
  if (request.metadata !== undefined) losses.dropped("metadata");
  if (logprobs?.top !== undefined) losses.dropped("top_logprobs");
  if (seed !== undefined && seed < 0) losses.dropped("seed");
  const clamp = (param: string, value: number | undefined, low: number, high: number) =>
    clamped(losses, param, value, low, high);
  return present({
    max_tokens: request.maxTokens,
    temperature: clamp("temperature", request.temperature, 0, 1),
    p: clamp("top_p", request.topP, 0.01, 0.99),
    frequency_penalty: clamp("frequency_penalty", request.frequencyPenalty, 0, 1),
    presence_penalty: clamp("presence_penalty", request.presencePenalty, 0, 1),
    seed: seed !== undefined && seed >= 0 ? seed : undefined,
    stop_sequences: stopSequences && fewStops(stopSequences, losses),
    logprobs: logprobs && true,
  });
}

function clamped(
  losses: Losses,
  param: string,
  value: number | undefined,
  low: number,
  high: number,
): number | undefined {
  if (value === undefined) return undefined;
  const inside = Math.min(Math.max(value, low), high);
  if (inside !== value) losses.clamped(param, value, inside);
  return inside;
}

/** https://docs.cohere.com/v2/reference/chat, `stop_sequences`: up to 5. */
const MOST_STOPS = 5;

function fewStops(stops: string[], losses: Losses): string[] {
  if (stops.length > MOST_STOPS) losses.clamped("stop", stops.length, MOST_STOPS);
  return stops.slice(0, MOST_STOPS);
}

function encodeThinking(
  { reasoningEffort, maxTokens }: ChatRequest,
  { thinking, budgets }: CohereCapabilities,
  losses: Losses,
): Json {
  if (reasoningEffort === undefined) return {};
  if (reasoningEffort === "none") return thinking ? { thinking: { type: "disabled" } } : {};
  if (!thinking) {
    losses.dropped("reasoning_effort");
    return {};
  }
  const budget = budgets[reasoningEffort] ?? 0;
  const enabled = { type: "enabled" };
  if (budget === 0) return { thinking: enabled };
  // Thinking counts against the limit: half of it is left for the answer.
  const most = maxTokens === undefined ? budget : Math.max(1, Math.floor(maxTokens / 2));
  return { thinking: { ...enabled, token_budget: Math.min(budget, most) } };
}
