/** Parameters besides messages, tools and thinking. https://platform.claude.com/docs/en/api/messages/create */
import { reportMembers } from "../../chat/foreign_losses.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { type Json, objectOf, textOf } from "../../json/fields.ts";
import { extensionOf, foreignOf, sharedMembers } from "./extension.ts";
import type { Capabilities } from "./model_capabilities.ts";

/** Members that callers of other dialects may write in Anthropic's own words. */
const SHARED = [
  "cache_control",
  "container",
  "context_management",
  "inference_geo",
  "mcp_servers",
  "speed",
  "top_k",
];

/** What other dialects' codecs keep for themselves, or what is read elsewhere. */
const READ_ELSEWHERE = new Set([
  "thinking",
  "output_config",
  "tool_choice",
  "function_call",
  "other_tools",
  "web_search_options",
  "stream_options",
  "safety_identifier",
  "service_tier",
  "top_logprobs",
]);

/** Writes what neither messages, tools nor thinking say; what Anthropic lacks is reported. */
export function encodeParameters(
  request: ChatRequest,
  capabilities: Capabilities,
  thinking: boolean,
  losses: Losses,
): Json {
  const foreign = foreignOf(request);
  for (const name of Object.keys(foreign)) {
    if (!SHARED.includes(name) && !READ_ELSEWHERE.has(name)) losses.dropped(name);
  }
  reportMembers(foreign.stream_options, "stream_options", losses);
  reportLacking(request, foreign, losses);
  const { top_k: ownTopK, metadata: ownMetadata, ...rest } = extensionOf(request);
  const { thinking: _, output_config: __, other_tools: ___, ...own } = rest;
  // `user_id` is neutral, everything else that Anthropic may come to keep with a request is not.
  const metadata = { ...objectOf(ownMetadata), ...encodeUser(request, foreign, losses) };
  const { top_k = ownTopK, ...shared } = sharedMembers(request, SHARED);
  return {
    ...encodeStop(request, losses),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...encodeTier(foreign, losses),
    ...shared,
    ...own,
    ...encodeSampling(request, top_k, capabilities, thinking, losses),
  };
}

/** Parameters that have no counterpart. One answer is what everybody gets. */
function reportLacking(request: ChatRequest, foreign: Json, losses: Losses): void {
  if (request.seed !== undefined) losses.dropped("seed");
  if (request.frequencyPenalty) losses.dropped("frequency_penalty");
  if (request.presencePenalty) losses.dropped("presence_penalty");
  if ((request.choiceCount ?? 1) > 1) losses.dropped("n");
  if (request.logprobs !== undefined) losses.dropped("logprobs");
  if (foreign.top_logprobs || request.logprobs?.top !== undefined) losses.dropped("top_logprobs");
}

function encodeStop({ stopSequences }: ChatRequest, losses: Losses): Json {
  if (stopSequences === undefined) return {};
  // A sequence of white space alone is answered with 400.
  const stop_sequences = stopSequences.filter((each) => each.trim() !== "");
  if (stop_sequences.length < stopSequences.length) losses.dropped("stop");
  return stop_sequences.length > 0 ? { stop_sequences } : {};
}

const LONGEST_USER = 512;

function encodeUser(request: ChatRequest, foreign: Json, losses: Losses): Json {
  const { user_id: lifted, ...rest } = request.metadata ?? {};
  if (Object.keys(rest).length > 0) losses.dropped("metadata");
  const user_id = request.user ?? textOf(foreign.safety_identifier) ?? lifted;
  if (user_id === undefined) return {};
  if (user_id.length <= LONGEST_USER) return { user_id };
  losses.dropped("user");
  return {};
}

/** OpenAI's tiers; `flex` and `priority` are nothing that can be asked for here. */
function encodeTier({ service_tier: tier }: Json, losses: Losses): Json {
  if (tier === undefined) return {};
  if (tier === "default" || tier === "standard_only") return { service_tier: "standard_only" };
  if (tier !== "auto") losses.clamped("service_tier", String(tier), "auto");
  return { service_tier: "auto" };
}

function encodeSampling(
  { temperature, topP }: ChatRequest,
  top_k: unknown,
  { sampling }: Capabilities,
  thinking: boolean,
  losses: Losses,
): Json {
  const form = thinking ? "none" : sampling;
  const out: Json = {};
  if (temperature !== undefined) {
    if (form !== "none") out.temperature = clampTemperature(temperature, losses);
    else if (temperature !== 1) losses.dropped("temperature");
  }
  if (topP !== undefined) {
    // New models take what is next to no choice, and those that think 0.95 and more.
    const slight = topP >= (sampling === "none" ? 0.99 : 0.95);
    if (form === "free" || (form === "one" && temperature === undefined)) out.top_p = topP;
    else if (form === "none" && slight && temperature === undefined) out.top_p = topP;
    else losses.dropped("top_p");
  }
  if (top_k !== undefined && form === "none") losses.dropped("top_k");
  else if (top_k !== undefined) out.top_k = top_k;
  return out;
}

function clampTemperature(temperature: number, losses: Losses): number {
  const clamped = Math.min(1, Math.max(0, temperature));
  if (clamped !== temperature) losses.clamped("temperature", temperature, clamped);
  return clamped;
}
