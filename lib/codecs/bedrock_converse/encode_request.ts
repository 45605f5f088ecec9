/** A neutral request → Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import { refuseUnfetched } from "../../chat/addressed_media.ts";
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import { foreignMembers } from "../../chat/extension.ts";
import { type ForeignWords, reportForeign, reportMembers } from "../../chat/foreign_losses.ts";
import { Losses } from "../../chat/losses.ts";
import { pathSegment } from "../../chat/path_segment.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { mayThinkSo } from "../../chat/thinking.ts";
import { isObject, type Json, objectOf } from "../../json/fields.ts";
import { CachePoints } from "./cache_points.ts";
import { BlockContext, fetchesMedia } from "./encode_blocks.ts";
import { encodeFormat } from "./encode_format.ts";
import { encodeInference } from "./encode_inference.ts";
import { encodeThinking } from "./encode_thinking.ts";
import { encodeTools } from "./encode_tools.ts";
import { encodeConversation } from "./encode_turns.ts";
import { type BedrockCapabilities, extensionOf, PROTOCOL } from "./profile.ts";
import type { WireBlock } from "./wire.ts";

/** Writes a request in the words of Converse. */
export function encodeRequest(
  capabilities: BedrockCapabilities,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  refuseUnfetched(request.messages, fetchesMedia);
  const losses = new Losses();
  const points = new CachePoints(capabilities, losses);
  const { additionalModelRequestFields, other_tools, outputConfig, ...own } = {
    ...adopted(request, capabilities, losses),
    ...extensionOf(request),
  };
  reportForeign(request, PROTOCOL, FOREIGN_WORDS, losses);
  const thinking = encodeThinking(request, capabilities, losses);
  const on = thinking.on || isOn(additionalModelRequestFields);
  const tools = encodeTools(
    { ...request, extensions: { [PROTOCOL]: { other_tools } } },
    { capabilities, losses, points, thinking: on },
  );
  const format = encodeFormat(request.outputFormat, capabilities.jsonSchema, losses);
  const inference = encodeInference(request, { capabilities, losses, thinking, on });
  const { system, messages } = encodeConversation(
    request.messages,
    new BlockContext(capabilities, losses, points),
  );
  const told = [format.told, tools.told].flatMap((text) => text === undefined ? [] : [{ text }]);
  const additional = {
    ...thinking.additional,
    ...tools.additional,
    ...inference.additional,
    ...objectOf(additionalModelRequestFields),
  };
  const output = { ...format.outputConfig, ...objectOf(outputConfig) };
  const body = {
    messages,
    ...systemOf([...system, ...told]),
    ...inference.members,
    ...(tools.toolConfig !== undefined && { toolConfig: tools.toolConfig }),
    ...(Object.keys(output).length > 0 && { outputConfig: output }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    ...own,
  };
  return { path: pathOf(options), body: JSON.stringify(body), warnings: losses.warnings };
}

function systemOf(system: WireBlock[]): Json {
  return system.length === 0 ? {} : { system };
}

function isOn(additional: unknown): boolean {
  const { type } = objectOf(objectOf(additional).thinking);
  return type === "enabled" || type === "adaptive";
}

/** Names of profiles and ARNs hold colons and slashes. */
function pathOf({ model, stream }: CallOptions): string {
  return `/model/${pathSegment(model)}/converse${stream ? "-stream" : ""}`;
}

/** Marks of what is to be cached become points of their own. */
const FOREIGN_WORDS: ForeignWords = {
  message: (name) => name === "cache_control",
  part: (name, value) => name === "cache_control" || (name === "detail" && value === "auto"),
  tool: (name) => name === "cache_control",
};

/** Members of Converse that callers of other dialects may send as they are. */
const ADOPTED: ReadonlySet<string> = new Set([
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "guardrailConfig",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
  "serviceTier",
]);

/** Members of Anthropic's own, which Claude takes among the additional fields. */
const ANTHROPIC: ReadonlySet<string> = new Set(["anthropic_beta", "output_config", "thinking"]);

/** Read elsewhere, or of no meaning to a provider. */
const SILENT: ReadonlySet<string> = new Set(["function_call", "top_k"]);

function adopted(
  request: ChatRequest,
  { thinking, signatures }: BedrockCapabilities,
  losses: Losses,
): Json {
  // Other models that think are told so in their own words.
  const otherWords = thinking === "nova" || thinking === "effort";
  const own: Json = {};
  const additional: Json = {};
  for (const [name, value] of foreignMembers(request, PROTOCOL)) {
    if (ADOPTED.has(name)) own[name] = value;
    else if (name === "thinking" && !mayThinkSo(value, request.messages, signatures)) {
      losses.dropped(name);
    } else if (ANTHROPIC.has(name) && !otherWords) additional[name] = value;
    else if (name === "service_tier") adoptTier(value, own, losses);
    else if (name === "stream_options") reportMembers(value, name, losses);
    else if (!SILENT.has(name)) losses.dropped(name === "other_tools" ? "tools" : name);
  }
  if (Object.keys(additional).length === 0) return own;
  const said = own.additionalModelRequestFields;
  return {
    ...own,
    additionalModelRequestFields: isObject(said) ? { ...additional, ...said } : additional,
  };
}

const TIERS: ReadonlySet<unknown> = new Set(["default", "flex", "priority", "reserved"]);

function adoptTier(tier: unknown, own: Json, losses: Losses): void {
  if (TIERS.has(tier)) own.serviceTier = { type: tier };
  else if (tier !== "auto") losses.dropped("service_tier");
}
