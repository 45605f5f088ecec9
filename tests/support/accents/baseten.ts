/** Baseten: its own word before the key, every null spelt out, `stop_reason`, usage only on request. */
import type { Accent, Fault, Json } from "./accent.ts";
import { answeredCalls, oneOf, parameter, schemaEnvelope } from "./rules.ts";
import { growing, ifAsked, openaiUsage, wholeCall } from "./speech.ts";

const refused = (message: string): Fault => ({
  status: 400,
  message,
  type: "Bad Request",
  code: 400,
});

const NULLS = { content: null, function_call: null, tool_calls: null, refusal: null };

export const baseten: Accent = {
  slug: "baseten",
  models: ["deepseek-ai/DeepSeek-V4-Pro", "openai/gpt-oss-120b"],
  key: "Bt5harbour.1234567890",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  // Keys of its federated gateway open nothing as Bearer.
  opens: ({ authorization }, key) => authorization === `Api-Key ${key}`,
  badKey: { status: 403, message: "please check the api-key you provided" },
  unknownModel: (model) => ({ status: 404, message: `Model ${model} not found` }),
  rules: [
    parameter("n", oneOf(1), refused("n is 1 for this model")),
    answeredCalls(refused("Tool results do not match the tool calls")),
    schemaEnvelope(refused("Validation: `response_format.json_schema.name` cannot be empty")),
  ],
  envelope: ({ message, type, code }): Json =>
    type === undefined ? { error: message } : { error: { code, message, type } },
  callIds: ["chatcmpl-tool-d78ad5cec758", "chatcmpl-tool-0c1b22f0a9e1"],
  voice: {
    id: "chatcmpl-481bf101harbour",
    frame: { service_tier: null, system_fingerprint: null },
    choice: { stop_reason: null },
    everyDelta: { ...NULLS, role: null },
    thought: (reasoning_content) => ({ reasoning_content }),
    callDeltas: (call, index) => [wholeCall(call, { index })],
    usage: openaiUsage,
    counting: ifAsked(growing),
  },
};
