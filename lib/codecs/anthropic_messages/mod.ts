/** Anthropic's Messages API, as spoken by Anthropic and by platforms that serve Claude. */
export { anthropicMessages } from "./codec.ts";
export type {
  AnthropicMessagesProfile,
  ModelCapabilities,
  ModelCapabilityRule,
  SamplingForm,
  ThinkingForm,
  ThinkingOff,
} from "./profile.ts";
