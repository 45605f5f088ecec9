/** Groq: known parameters only, `reasoning`, and a stream's usage inside `x_groq`. */
import { type Accent, bearer, type Counting, type Fault, type Json } from "./accent.ts";
import {
  answeredCalls,
  eachMessage,
  forModels,
  isClosed,
  messageKeys,
  never,
  oneOf,
  parameter,
  parameters,
  plainText,
  roles,
  schemaOf,
  schemasIn,
} from "./rules.ts";
import { openaiUsage, wholeCall } from "./speech.ts";

const refused = (message: string, param?: string, code?: string): Fault => ({
  status: 400,
  message,
  type: "invalid_request_error",
  ...(param && { param }),
  ...(code && { code }),
});

const unsupported = (name: string) => refused(`property '${name}' is unsupported`);

const REQUEST = { id: "req_01harbour" };

/** Usage rides in `x_groq`; those who ask get it on top of that chunk, and once more apart. */
const counting: Counting = (chunks, usage, asked) => {
  const timed = { queue_time: 0.01, ...usage, total_time: 0.05 };
  const finish = {
    ...chunks.at(-1),
    x_groq: { ...REQUEST, usage: timed },
    ...(asked && { usage: timed }),
  };
  const apart = { ...chunks.at(-1), choices: [], usage: timed, service_tier: "on_demand" };
  return [...chunks.slice(0, -1), finish, ...(asked ? [apart] : [])];
};

const strictSchema = (body: Json): Fault | undefined => {
  const format = schemaOf(body);
  if (format?.envelope.strict !== true) return undefined;
  const open = [...schemasIn(format.schema)].some((schema) => !isClosed(schema));
  return open
    ? refused("invalid JSON schema for response_format: strict", "response_format")
    : undefined;
};

export const groq: Accent = {
  slug: "groq",
  models: ["llama-3.3-70b-versatile", "qwen/qwen3-32b", "openai/gpt-oss-120b"],
  reasoner: "qwen/qwen3-32b",
  schemaModel: "openai/gpt-oss-120b",
  key: "gsk_harbour1234567890",
  base: "/openai/v1",
  paths: ["/openai/v1/chat/completions"],
  opens: bearer,
  badKey: {
    status: 401,
    message: "Invalid API Key",
    type: "invalid_request_error",
    code: "invalid_api_key",
  },
  unknownModel: (model) => ({
    status: 404,
    message: `The model \`${model}\` is not here, or not for you.`,
    type: "invalid_request_error",
    code: "model_not_found",
  }),
  rules: [
    never("logprobs", refused("`logprobs` is not supported with this model", "logprobs")),
    never("top_logprobs", refused("`top_logprobs` is not supported", "top_logprobs")),
    never("logit_bias", refused("`logit_bias` is not supported", "logit_bias")),
    parameter("n", oneOf(1), refused("'n' : number must be at most 1", "n")),
    parameters(
      `messages model max_tokens max_completion_tokens temperature top_p stream stream_options stop
      seed tools tool_choice parallel_tool_calls response_format reasoning_effort reasoning_format
      include_reasoning service_tier user frequency_penalty presence_penalty n
      disable_tool_validation search_settings compound_custom documents citation_options`,
      unsupported,
    ),
    roles(
      "system user assistant tool",
      (role, at) =>
        refused(`'messages.${at}' : discriminator property 'role' has invalid value '${role}'`),
    ),
    messageKeys({
      system: "role content",
      user: "role content",
      assistant: "role content tool_calls reasoning",
      tool: "role content tool_call_id",
    }, (name, at) => refused(`'messages.${at}' : property '${name}' is unsupported`)),
    forModels(
      /llama/,
      eachMessage((message, at) =>
        "reasoning" in message
          ? refused(`'messages.${at}' : property 'reasoning' is unsupported`)
          : undefined
      ),
    ),
    plainText("system", (_, at) => refused(`'messages.${at}.content' : value must be a string`)),
    answeredCalls(refused("tool results do not match the tool calls")),
    parameter(
      "service_tier",
      oneOf("auto", "on_demand", "flex", "performance"),
      refused("service_tier must be one of auto, on_demand, flex, performance"),
    ),
    forModels(
      /llama/,
      never("reasoning_effort", refused("`reasoning_effort` is not supported with this model")),
    ),
    forModels(
      /qwen3/,
      parameter(
        "reasoning_effort",
        oneOf("none", "default"),
        refused("`reasoning_effort` must be one of `none` or `default`"),
      ),
    ),
    forModels(
      /gpt-oss/,
      parameter(
        "reasoning_effort",
        oneOf("low", "medium", "high"),
        refused("`reasoning_effort` must be one of `low`, `medium` or `high`"),
      ),
    ),
    forModels(/gpt-oss/, never("reasoning_format", refused("`reasoning_format` is not supported"))),
    parameter(
      "reasoning_format",
      (format, { tools, include_reasoning }) =>
        include_reasoning === undefined && (format !== "raw" || tools === undefined),
      refused("reasoning_format `raw` goes with neither tools nor include_reasoning"),
    ),
    forModels(
      /llama/,
      (body) =>
        schemaOf(body) && refused("This model does not support response format `json_schema`"),
    ),
    strictSchema,
  ],
  envelope: ({ message, type = "invalid_request_error", code, param }) => ({
    error: { message, type, ...(code && { code }), ...(param && { param }) },
  }),
  callIds: ["call_k3v9x0ap2", "call_7hq1zzt4m"],
  voice: {
    id: "chatcmpl-8a3e2c1b-0000-4000-8000-00000000f0a1",
    frame: { system_fingerprint: "fp_harbour" },
    choice: { logprobs: null },
    opening: { content: "" },
    thought: (reasoning) => ({ reasoning }),
    callDeltas: (call, index) => [wholeCall(call, { index })],
    usage: openaiUsage,
    counting,
    edit: ([first, ...rest]) => [{ ...first, x_groq: { ...REQUEST, seed: 7 } }, ...rest],
    editWhole: (answer) => ({ ...answer, x_groq: REQUEST, service_tier: "on_demand" }),
    broken: ({ message, status, type = "server_error" }) =>
      `event: error\ndata: ${
        JSON.stringify({ error: { message, type, status_code: status } })
      }\n\n`,
  },
};
