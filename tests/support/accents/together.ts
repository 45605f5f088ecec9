/** Together: log probabilities by number, lists of stops, plain texts, `eos`, and its older protocol in every chunk. */
import { type Accent, bearer, type Fault, type Json } from "./accent.ts";
import { answeredCalls, never, parameter, plainText } from "./rules.ts";
import { apartIfAsked, callInPieces, flatUsage } from "./speech.ts";

const refused = (message: string, param: string, status = 422): Fault => ({
  status,
  message,
  type: "invalid_request_error",
  param,
});

const LEGACY = { tokens: ["Ja", "."], token_ids: [41, 13], token_logprobs: [-0.25, -0.5] };

const schemaFits = (format: unknown): boolean => {
  const { type, json_schema, schema } = format as {
    type: string;
    json_schema?: Json;
    schema?: Json;
  };
  return type !== "json_schema" || typeof (json_schema?.schema ?? schema) === "object";
};

export const together: Accent = {
  slug: "together",
  models: ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "deepseek-ai/DeepSeek-V4-Pro"],
  key: "tgp_harbour1234567890",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  badKey: {
    status: 401,
    message: "Invalid API key provided.",
    type: "invalid_request_error",
    code: "invalid_api_key",
  },
  unknownModel: (model) => ({
    status: 404,
    message: `Unable to access model ${model}.`,
    type: "invalid_request_error",
    code: "model_not_available",
  }),
  rules: [
    parameter(
      "logprobs",
      (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 20,
      refused("logprobs: expected an integer from 0 to 20", "logprobs"),
    ),
    never("top_logprobs", refused("top_logprobs: unknown field", "top_logprobs")),
    parameter("stop", Array.isArray, refused("stop: expected a list", "stop")),
    plainText("system tool", (role) => refused(`${role} content: expected a string`, "messages")),
    parameter("response_format", schemaFits, refused("schema: required", "response_format")),
    answeredCalls(refused("Tool results do not match the tool calls", "messages", 400)),
  ],
  envelope: ({ message, type = "server_error", param = null, code = null }) => ({
    id: "omJGRLq-harbour",
    error: { message, type, param, code },
  }),
  callIds: ["call_gy9cscnhxyt8k7eakmsfk6ou", "call_p0aa3kq7z1m2n3b4v5c6x7z8"],
  voice: {
    id: "omKhpCr-harbour",
    choice: { text: "", logprobs: null },
    everyDelta: { token_id: null, role: "assistant", content: "" },
    message: { tool_calls: [] },
    thought: (reasoning) => ({ reasoning }),
    callDeltas: callInPieces,
    finish: ({ calls }) => calls ? "tool_calls" : "eos",
    usage: flatUsage,
    counting: apartIfAsked,
    editWhole: (answer) => {
      const [choice] = answer.choices as [Json];
      return { ...answer, prompt: [], choices: [{ ...choice, seed: 7, logprobs: LEGACY }] };
    },
  },
};
