/** xAI: reasoning models refuse three parameters, thinking is not counted as completion, usage grows. */
import { type Accent, bearer, type Fault, type Json } from "./accent.ts";
import {
  answeredCalls,
  eachMessage,
  forModels,
  never,
  objectsOf,
  oneOf,
  parameter,
  schemaEnvelope,
  schemaOf,
  schemasIn,
  words,
} from "./rules.ts";
import { COUNTS, growing, openaiUsage, wholeCall } from "./speech.ts";

const refused = (message: string, status = 400): Fault => ({
  status,
  message,
  code: "Client specified an invalid argument",
});
const argument = (name: string) => refused(`Argument not supported on this model: ${name}`);

const REASONING = /^grok-(4|code)/;
const UNSUPPORTED = words("minLength maxLength minItems maxItems allOf");

/** Schemas of answers and of tools alike. */
const schemas = (body: Json): Fault | undefined => {
  const all = [schemaOf(body)?.schema, ...objectsOf(body.tools).map((tool) => tool.function)];
  for (const schema of schemasIn(all)) {
    const odd = UNSUPPORTED.find((name) =>
      typeof schema[name] === "number" || Array.isArray(schema[name])
    );
    if (odd !== undefined) return refused(`Schema keyword not supported: ${odd}`);
  }
  return undefined;
};

export const grok: Accent = {
  slug: "grok",
  models: ["grok-4", "grok-3-mini", "grok-3"],
  reasoner: "grok-3-mini",
  key: "xai-harbour1234567890",
  base: "",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  // Not 401.
  badKey: {
    status: 400,
    message: "Incorrect API key provided: xa***90.",
    code: "invalid-argument",
  },
  unknownModel: (model) => ({
    status: 404,
    message: `The model ${model} does not exist or your team has no access to it.`,
    code: "Some requested entity was not found",
  }),
  rules: [
    ...["stop", "presence_penalty", "frequency_penalty"].map((name) =>
      forModels(REASONING, never(name, argument(name)))
    ),
    forModels(/^grok-3-mini/, never("stop", argument("stop"))),
    forModels(REASONING, never("reasoning_effort", argument("reasoningEffort"))),
    forModels(
      /^grok-3-mini/,
      parameter("reasoning_effort", oneOf("low", "high"), argument("reasoningEffort")),
    ),
    never("search_parameters", refused("Live search is gone", 410)),
    parameter(
      "service_tier",
      oneOf("default", "priority"),
      refused("service_tier: unknown variant", 422),
    ),
    parameter("top_logprobs", (value) => Number(value) <= 8, refused("top_logprobs is at most 8")),
    eachMessage(({ name }) => name === undefined ? undefined : argument("name")),
    answeredCalls(refused("Tool results do not match the tool calls")),
    schemaEnvelope(refused("response_format: missing field", 422)),
    schemas,
  ],
  envelope: ({ message, code = "error" }) => ({ code, error: message }),
  callIds: ["call_88118924", "call_12016531"],
  voice: {
    id: "3ad22016-0000-4000-8000-harbour",
    frame: { system_fingerprint: "fp_harbour" },
    thought: (reasoning_content) => ({ reasoning_content }),
    message: { refusal: null },
    callDeltas: (call) => [wholeCall(call)],
    usage: (turn) => {
      const { reasoning_tokens } = openaiUsage(turn).completion_tokens_details as Json;
      return {
        ...openaiUsage(turn),
        completion_tokens: COUNTS.completion,
        completion_tokens_details: { reasoning_tokens },
        num_sources_used: 0,
        cost_in_usd_ticks: 1_230_000,
      };
    },
    counting: growing,
  },
};
