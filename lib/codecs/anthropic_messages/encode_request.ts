/** A neutral request → Anthropic's. https://platform.claude.com/docs/en/api/messages/create */
import { refuseUnfetched } from "../../chat/addressed_media.ts";
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import { Losses } from "../../chat/losses.ts";
import { reportForeign } from "../../chat/foreign_losses.ts";
import { pathSegment } from "../../chat/path_segment.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { type Json, objectOf } from "../../json/fields.ts";
import { encodeFormat } from "./encode_format.ts";
import { fetchesMedia } from "./encode_media.ts";
import { encodeParameters } from "./encode_parameters.ts";
import { encodeThinking } from "./encode_thinking.ts";
import { encodeTools } from "./encode_tools.ts";
import { type Conversation, encodeConversation } from "./encode_turns.ts";
import { extensionOf, foreignOf } from "./extension.ts";
import { FOREIGN_WORDS } from "./foreign_words.ts";
import type { Capabilities } from "./model_capabilities.ts";
import { type AnthropicMessagesProfile, PROTOCOL } from "./profile.ts";
import type { WireRequest } from "./wire.ts";

/** Writes a request; what Anthropic lacks is left out and reported. */
export function encodeRequest(
  profile: AnthropicMessagesProfile,
  capabilities: Capabilities,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  refuseUnfetched(request.messages, (part) => fetchesMedia(profile, part));
  const losses = new Losses();
  const { members, max_tokens, on } = encodeThinking(request, capabilities, losses);
  const tools = encodeTools(request, capabilities, on, losses);
  const forced = tools.tools === undefined && capabilities.forcedTools && !on;
  const asked = encodeFormat(request.outputFormat, capabilities.jsonSchema, forced, losses);
  const context = { losses, betas: new Set<string>() };
  reportForeign(request, PROTOCOL, FOREIGN_WORDS, losses);
  const prefill = capabilities.prefill && !on;
  const conversation = encodeConversation(request.messages, context, prefill);
  const { output_config: given } = { ...foreignOf(request), ...extensionOf(request) };
  const output_config = {
    ...objectOf(given),
    ...members.output_config,
    ...(asked.format !== undefined && { format: asked.format }),
  };
  const body: WireRequest = {
    ...(profile.modelInPath !== true && { model: options.model }),
    max_tokens,
    ...withTold(conversation, asked.told),
    ...(options.stream && { stream: true }),
    ...tools,
    ...asked.tools,
    ...(members.thinking !== undefined && { thinking: members.thinking }),
    ...(Object.keys(output_config).length > 0 && { output_config }),
    ...encodeParameters(request, capabilities, on, losses),
    ...profile.body,
  };
  dropRefused(body, profile, losses);
  return {
    path: pathFor(profile, options),
    body: JSON.stringify(body),
    warnings: losses.warnings,
    ...(context.betas.size > 0 && { headers: { "anthropic-beta": [...context.betas].join(",") } }),
  };
}

/** Below the base URL. */
export function pathFor(
  { path = "/messages", streamPath = path }: AnthropicMessagesProfile,
  { model, stream }: CallOptions,
): string {
  return (stream ? streamPath : path).replace("{model}", () => pathSegment(model));
}

function withTold({ system, messages }: Conversation, told: string | undefined): Conversation {
  if (told === undefined) return { ...(system !== undefined && { system }), messages };
  if (system === undefined) return { system: told, messages };
  const blocks = typeof system === "string" ? [{ type: "text", text: system }] : system;
  return { system: [...blocks, { type: "text", text: told }], messages };
}

function dropRefused(body: Json, { drops = [] }: AnthropicMessagesProfile, losses: Losses): void {
  for (const name of drops) {
    if (body[name] === undefined) continue;
    delete body[name];
    losses.dropped(name);
  }
}
