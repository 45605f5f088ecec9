/** Fireworks: long model names, four efforts, usage with the finish whether asked or not. */
import { type Accent, bearer, type Fault } from "./accent.ts";
import { answeredCalls, oneOf, parameter, schemaEnvelope } from "./rules.ts";
import { callInPieces, onFinish, openaiUsage } from "./speech.ts";

const refused = (message: string): Fault => ({
  status: 400,
  message,
  type: "invalid_request_error",
  code: "INVALID_ARGUMENT",
});

export const fireworks: Accent = {
  slug: "fireworks",
  models: ["accounts/fireworks/models/deepseek-v4-pro"],
  key: "fw_harbour1234567890",
  base: "/inference/v1",
  paths: ["/inference/v1/chat/completions"],
  opens: bearer,
  badKey: { status: 401, message: "unauthorized", code: "UNAUTHENTICATED" },
  unknownModel: () => ({
    status: 404,
    message: "Model not found, inaccessible, and/or not deployed",
    type: "invalid_request_error",
    code: "NOT_FOUND",
  }),
  rules: [
    parameter(
      "reasoning_effort",
      (value) => oneOf("none", "low", "medium", "high")(value) || Number.isInteger(value),
      refused("reasoning_effort must be none, low, medium, high or an integer"),
    ),
    parameter(
      "thinking",
      (_, body) => !("reasoning_effort" in body),
      refused("thinking and reasoning_effort exclude each other"),
    ),
    parameter(
      "tool_choice",
      (choice) => oneOf("auto", "none", "any", "required")(choice) || typeof choice === "object",
      refused("tool_choice is not valid"),
    ),
    answeredCalls(refused("Tool results do not match the tool calls")),
    schemaEnvelope(refused("response_format.json_schema is not valid")),
  ],
  envelope: ({ message, type = "error", code = null }) => ({
    error: { object: "error", type, code, message, param: null },
  }),
  callIds: ["call_Fw7harbour00", "call_Fw7harbour01"],
  voice: {
    id: "0000fw00-0000-4000-8000-harbour",
    opening: {},
    thought: (reasoning_content) => ({ reasoning_content }),
    callDeltas: callInPieces,
    usage: openaiUsage,
    counting: onFinish,
    editWhole: (answer) => ({ ...answer, perf_metrics: { "server-time": "0.1" } }),
  },
};
