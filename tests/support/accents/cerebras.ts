/** Cerebras: known names only, `reasoning` both ways, schemas of a subset, errors without an envelope. */
import { type Accent, bearer, type Counting, type Fault, type Json } from "./accent.ts";
import {
  answeredCalls,
  messageKeys,
  objectsOf,
  oneOf,
  parameter,
  parameters,
  plainText,
  roles,
  schemaEnvelope,
  schemaOf,
  schemasIn,
  words,
} from "./rules.ts";
import { onFinish, openaiUsage, wholeCall } from "./speech.ts";

const refused = (message: string, param?: string): Fault => ({
  status: 400,
  message,
  type: "invalid_request_error",
  code: "wrong_api_format",
  ...(param && { param }),
});
const unsupported = (name: string) => refused(`property '${name}' is unsupported`, name);

const UNSUPPORTED = words("pattern format minItems maxItems $anchor");

const strictSchema = (body: Json): Fault | undefined => {
  const format = schemaOf(body);
  if (format?.envelope.strict !== true) return undefined;
  for (const schema of schemasIn(format.schema)) {
    const odd = UNSUPPORTED.find((name) => oneOf("string", "number")(typeof schema[name]));
    if (odd !== undefined) {
      return refused(`Schema keyword '${odd}' is unsupported`, "response_format");
    }
    if (schema.type === "object" && schema.additionalProperties !== false) {
      return refused("'additionalProperties' must be false", "response_format");
    }
  }
  return undefined;
};

const mixedTools = ({ tools, parallel_tool_calls }: Json): Fault | undefined => {
  const strict = objectsOf(tools).map((tool) => (tool.function as Json).strict === true);
  return parallel_tool_calls !== false && strict.includes(true) && strict.includes(false)
    ? refused("Tools with mixed values for 'strict' are not allowed", "tools")
    : undefined;
};

const TIME = { queue_time: 0.001, prompt_time: 0.002, completion_time: 0.003, total_time: 0.007 };

const counting: Counting = (chunks, usage, asked) =>
  onFinish(chunks, usage, asked).map((chunk) =>
    "usage" in chunk ? { ...chunk, time_info: TIME } : chunk
  );

const MESSAGE_KEYS = {
  system: "role content name",
  developer: "role content name",
  user: "role content name",
  assistant: "role content name tool_calls reasoning",
  tool: "role content tool_call_id name",
};

export const cerebras: Accent = {
  slug: "cerebras",
  models: ["gpt-oss-120b", "zai-glm-4.6"],
  reasoner: "gpt-oss-120b",
  key: "csk-harbour1234567890",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  badKey: {
    status: 401,
    message: "Wrong API Key",
    type: "invalid_request_error",
    param: "api_key",
    code: "wrong_api_key",
  },
  unknownModel: (model) => ({
    status: 404,
    message: `Model ${model} is not here, or not for you.`,
    type: "not_found_error",
    param: "model",
    code: "model_not_found",
  }),
  rules: [
    parameters(
      `messages model max_completion_tokens max_tokens min_tokens min_completion_tokens temperature
      top_p n seed stop stream stream_options tools tool_choice parallel_tool_calls response_format
      logprobs top_logprobs logit_bias frequency_penalty presence_penalty prediction
      prompt_cache_key service_tier user reasoning_effort reasoning_format clear_thinking
      disable_reasoning model_parameters`,
      unsupported,
    ),
    roles("system developer user assistant tool", (role) => refused(`No such role: ${role}`)),
    messageKeys(MESSAGE_KEYS, (name, at) => unsupported(`messages.${at}.${name}`)),
    plainText(
      "system developer user assistant tool",
      (_, at) => refused("Content must be a string for this model", `messages.${at}.content`),
    ),
    answeredCalls(refused("Tool results do not match the tool calls", "messages")),
    parameter(
      "reasoning_effort",
      oneOf("none", "low", "medium", "high"),
      refused("reasoning_effort must be none, low, medium or high"),
    ),
    parameter(
      "service_tier",
      oneOf("auto", "default", "flex", "priority"),
      refused("service_tier must be auto, default, flex or priority"),
    ),
    parameter("stop", (stop) => objectsOf(stop).length <= 4, refused("At most 4 stop sequences")),
    schemaEnvelope(refused("json_schema needs a name and a schema", "response_format")),
    strictSchema,
    mixedTools,
  ],
  envelope: ({ message, type = "server_error", param = null, code = null }) => ({
    message,
    type,
    param,
    code,
  }),
  callIds: ["1845d1643", "9b07fc2d1"],
  voice: {
    id: "chatcmpl-abc8d7e1-0000-4000-8000-harbour",
    frame: { system_fingerprint: "fp_harbour" },
    opening: {},
    thought: (reasoning) => ({ reasoning }),
    callDeltas: (call, index) => [wholeCall(call, { index })],
    usage: (turn) => ({ image_tokens: 0, ...openaiUsage(turn) }),
    counting,
    editWhole: (answer) => ({ ...answer, time_info: TIME }),
    broken: ({ message, status, type = "server_error", code = null }) =>
      `data: ${
        JSON.stringify({ error: { message, type, param: null, code }, status_code: status })
      }\n\n`,
  },
};
