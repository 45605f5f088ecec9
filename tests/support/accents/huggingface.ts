/** Hugging Face's router: whatever the host behind it says; here one that serves with TGI and vLLM. */
import { type Accent, bearer, type Fault } from "./accent.ts";
import { answeredCalls, schemaEnvelope } from "./rules.ts";
import { apartIfAsked, openaiUsage, wholeCall } from "./speech.ts";

const refused = (status: number, message: string): Fault => ({ status, message });

export const huggingface: Accent = {
  slug: "huggingface",
  models: ["Qwen/Qwen3-32B:fastest"],
  key: "hf_harbour1234567890",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  badKey: refused(401, "Invalid username or password."),
  unknownModel: (model) => refused(404, `The requested model '${model}' does not exist.`),
  rules: [
    answeredCalls(refused(422, "Tool results do not match the tool calls")),
    schemaEnvelope(refused(422, "response_format: json_schema.name is missing")),
  ],
  envelope: ({ message }) => ({ error: message }),
  callIds: ["call_c67bb6b901354ca1", "call_1113747bb7de47ce"],
  voice: {
    id: "chatcmpl-c048da03harbour",
    choice: { logprobs: null, stop_reason: null },
    message: { annotations: null, audio: null, function_call: null, refusal: null },
    opening: { content: "" },
    thought: (reasoning) => ({ reasoning, reasoning_content: reasoning }),
    callDeltas: (call, index) => [wholeCall(call, { index })],
    finish: ({ calls }) => calls ? "tool_calls" : "eos_token",
    usage: openaiUsage,
    counting: apartIfAsked,
  },
};
