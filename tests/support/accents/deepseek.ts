/** DeepSeek: no schemas, texts instead of parts, thoughts that must come back, usage with the finish. */
import { type Accent, bearer, type Counting, type Fault, type Json } from "./accent.ts";
import {
  answeredCalls,
  callsOf,
  eachMessage,
  forModels,
  messagesOf,
  never,
  objectsOf,
  oneOf,
  parameter,
  plainText,
  roles,
  spokenContent,
} from "./rules.ts";
import { apartIfAsked, callInPieces, onFinish, openaiUsage } from "./speech.ts";

const refused = (message: string): Fault => ({
  status: 400,
  message,
  type: "invalid_request_error",
  code: "invalid_request_error",
});
const misshapen = (message: string) =>
  refused(`Failed to deserialize the JSON body into the target type: ${message}`);

/** A model that thinks wants to see what it thought before it called tools. */
const replayedThoughts = eachMessage((message, at) =>
  message.role !== "assistant" || callsOf(message).length === 0 ||
    typeof message.reasoning_content === "string"
    ? undefined
    : refused(`Missing \`reasoning_content\` field in the assistant message at message index ${at}`)
);

const thinks = ({ thinking }: Json) => (thinking as Json | undefined)?.type !== "disabled";

const promptedJson = (body: Json): Fault | undefined => {
  const { type } = (body.response_format ?? {}) as Json;
  const prompt = messagesOf(body).map(({ content }) => String(content)).join(" ");
  return type !== "json_object" || /json/i.test(prompt) ? undefined : refused(
    "Prompt must contain the word 'json' to use 'response_format' of type 'json_object'.",
  );
};

/** With the finish in any case, and once more apart for those who ask. */
const counting: Counting = (chunks, usage, asked) => {
  const uncounted = chunks.map((chunk) => ({ ...chunk, usage: null }));
  return apartIfAsked(onFinish(uncounted, usage, asked), usage, asked);
};

export const deepseek: Accent = {
  slug: "deepseek",
  models: ["deepseek-v4-flash", "deepseek-reasoner"],
  reasoner: "deepseek-v4-flash",
  key: "sk-deepharbour1234567890",
  base: "",
  paths: ["/chat/completions", "/v1/chat/completions", "/beta/chat/completions"],
  opens: bearer,
  badKey: {
    status: 401,
    message: "Authentication Fails, Your api key: ****7890 is invalid",
    type: "authentication_error",
    code: "invalid_request_error",
  },
  unknownModel: (model) => refused(`The supported models do not include ${model}.`),
  rules: [
    roles(
      "system user assistant tool",
      (role, at) => misshapen(`messages[${at}]: unknown variant \`${role}\``),
    ),
    plainText(
      "system user assistant tool",
      (_, at) => misshapen(`messages[${at}]: invalid type: sequence, expected a string`),
    ),
    spokenContent(misshapen("messages: content must be a string"), "allowed"),
    answeredCalls(
      refused("An assistant message with 'tool_calls' must be followed by its results"),
    ),
    (body) => thinks(body) ? replayedThoughts(body) : undefined,
    parameter(
      "response_format",
      (format) => oneOf("text", "json_object")((format as Json).type),
      refused("This response_format type is unavailable now"),
    ),
    promptedJson,
    parameter("n", oneOf(1), refused("Invalid n value (currently only n = 1 is supported)")),
    parameter(
      "tools",
      (tools) => objectsOf(tools).every(({ type }) => type === "function"),
      misshapen("tools[0].type: unknown variant, expected `function`"),
    ),
    forModels(
      /reasoner/,
      parameter(
        "tool_choice",
        oneOf("auto", "none"),
        refused("deepseek-reasoner does not support this tool_choice"),
      ),
    ),
    forModels(
      /reasoner/,
      never("logprobs", refused("deepseek-reasoner does not support logprobs")),
    ),
    parameter(
      "reasoning_effort",
      oneOf("minimal", "low", "medium", "high", "xhigh", "max"),
      misshapen("reasoning_effort: unknown variant"),
    ),
  ],
  envelope: ({ message, type = "server_error", code = null }) => ({
    error: { message, type, param: null, code },
  }),
  callIds: ["call_00_A6fR64harbour0", "call_01_Zq81Ttharbour1"],
  voice: {
    id: "9367c232-0000-4000-8000-harbour",
    frame: { system_fingerprint: "fp_harbour" },
    choice: { logprobs: null },
    opening: { content: null, reasoning_content: "" },
    thought: (reasoning_content) => ({ content: null, reasoning_content }),
    joined: (reasoning_content, content) => ({
      content,
      ...(reasoning_content && { reasoning_content }),
    }),
    text: (content) => ({ content, reasoning_content: null }),
    callDeltas: callInPieces,
    finishDelta: { content: "", reasoning_content: null },
    usage: (turn) => ({
      ...openaiUsage(turn),
      prompt_tokens_details: undefined,
      prompt_cache_hit_tokens: 5,
      prompt_cache_miss_tokens: 16,
    }),
    counting,
    prelude: ": keep-alive\n\n: keep-alive\n\n",
    wholePrelude: "\n\n\n",
  },
};
