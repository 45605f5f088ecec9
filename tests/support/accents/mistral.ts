/** Mistral: nothing it doesn't know at any level, ids of nine letters and digits, a strict order of roles. */
import { type Accent, bearer, type Fault, type Json } from "./accent.ts";
import {
  answeredCalls,
  callIds,
  callsOf,
  eachMessage,
  eachPart,
  messageKeys,
  messagesOf,
  objectsOf,
  oneOf,
  parameter,
  parameters,
  roles,
  schemaEnvelope,
  spokenContent,
  words,
} from "./rules.ts";
import { onFinish, openaiUsage, wholeCall } from "./speech.ts";

/** A refusal of pydantic's: `param` is the place. */
const invalid = (param: string, message: string, type = "extra_forbidden"): Fault => ({
  status: 422,
  message,
  type,
  param,
});
const extra = (param: string) => invalid(param, "Extra inputs are not permitted");

const refused = (code: string, message: string, type = "invalid_request_error"): Fault => ({
  status: 400,
  message,
  type,
  code,
});
const disordered = (message: string) => refused("3230", message, "invalid_request_message_order");

const order = (body: Json): Fault | undefined => {
  const messages = messagesOf(body);
  const follows = messages.findIndex(({ role }, at) =>
    role === "user" && messages[at - 1]?.role === "tool"
  );
  if (follows > 0) return disordered("Unexpected role 'user' after role 'tool'");
  const last = messages.at(-1);
  const ends = last?.role === "user" || last?.role === "tool" || last?.prefix === true;
  return ends
    ? undefined
    : disordered("Expected last role User or Tool (or Assistant with prefix)");
};

const stranger = (value: unknown, known: string): string | undefined =>
  Object.keys(value ?? {}).find((name) => !words(known).includes(name));

const callKeys = eachMessage((message, at) => {
  for (const call of callsOf(message)) {
    const odd = stranger(call, "id type function index") ??
      stranger(call.function, "name arguments");
    if (odd !== undefined) return extra(`body.messages.${at}.tool_calls.${odd}`);
  }
  return undefined;
});

const tools = (body: Json): Fault | undefined => {
  if (!("tools" in body)) return undefined;
  const list = objectsOf(body.tools);
  if (list.length === 0) return refused("3001", "tools must not be empty");
  for (const tool of list) {
    const odd = stranger(tool, "type function") ??
      stranger(tool.function, "name description parameters strict");
    if (odd !== undefined) return extra(`body.tools.${odd}`);
    if ((tool.function as Json).strict === null) return invalid("body.tools", "Not a boolean");
  }
  return undefined;
};

const PARTS = "text image_url document_url input_audio file reference thinking";

const parts = eachPart((part) => {
  const { type, file, input_audio } = part as { type: string; file?: Json; input_audio?: unknown };
  const fits = words(PARTS).includes(type) && file?.file_data === undefined &&
    (input_audio === undefined || typeof input_audio === "string");
  return fits ? undefined : invalid("body.messages.content", `No such chunk: ${type}`, "union_tag");
});

const greedy = ({ temperature, top_p = 1 }: Json): Fault | undefined =>
  temperature === 0 && top_p !== 1
    ? refused("3051", "top_p must be 1 when using greedy sampling")
    : undefined;

const EFFORT = /^mistral-(small-2603|medium-3\.5)/;

const effort = ({ model, reasoning_effort }: Json): Fault | undefined => {
  if (reasoning_effort === undefined) return undefined;
  if (!EFFORT.test(String(model))) return refused("3051", "reasoning_effort is not enabled here");
  return oneOf("none", "high")(reasoning_effort)
    ? undefined
    : invalid("body.reasoning_effort", "Input should be 'none' or 'high'", "enum");
};

const chunkOf = (text: string): Json => ({ type: "text", text });

const thinking = (text: string): Json => ({ type: "thinking", thinking: [chunkOf(text)] });

export const mistral: Accent = {
  slug: "mistral",
  models: ["mistral-large-2512", "magistral-medium-2509", "mistral-small-2603", "zai-glm-5-2"],
  reasoner: "magistral-medium-2509",
  key: "mistralharbour1234567890",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  badKey: { status: 401, message: "Unauthorized" },
  unknownModel: (model) => refused("1500", `Invalid model: ${model}`, "invalid_model"),
  rules: [
    parameters(
      `model messages max_tokens temperature top_p stream stop random_seed metadata response_format
      tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls
      prompt_mode reasoning_effort prompt_cache_key guardrails safe_prompt document_image_limit
      document_page_limit`,
      (name) => extra(`body.${name}`),
    ),
    roles(
      "system user assistant tool",
      (role, at) => invalid(`body.messages.${at}.role`, `No such role: ${role}`, "union_tag"),
    ),
    messageKeys({
      system: "role content",
      user: "role content",
      assistant: "role content tool_calls prefix",
      tool: "role content tool_call_id name",
    }, (name, at) => extra(`body.messages.${at}.${name}`)),
    eachMessage((message, at) =>
      message.role === "assistant" && "tool_calls" in message && callsOf(message).length === 0
        ? extra(`body.messages.${at}.tool_calls`)
        : undefined
    ),
    callKeys,
    tools,
    parts,
    spokenContent(refused("3240", "Assistant message must have content or tool_calls"), "allowed"),
    callIds(
      /^[a-zA-Z0-9]{9}$/,
      (id) =>
        refused(
          "3280",
          `Tool call id was ${id} but must have a length of 9`,
          "invalid_function_call",
        ),
    ),
    answeredCalls(disordered("Not the same number of function calls and responses")),
    order,
    greedy,
    effort,
    parameter(
      "temperature",
      (value) => Number(value) <= 1.5,
      invalid("body.temperature", "Input should be less than or equal to 1.5", "less_than_equal"),
    ),
    schemaEnvelope(invalid("body.response_format.json_schema", "Field required", "missing")),
  ],
  envelope: ({ status, message, type = "error", param = null, code = null }) => {
    if (status === 401) return { message, request_id: "0198harbour" };
    if (status === 422) {
      return { detail: [{ type, loc: param?.split(".") ?? ["body"], msg: message, input: null }] };
    }
    return { object: "error", message, type, param, code };
  },
  callIds: ["Vz3pQ0aSq", "b7Xk2Lm9T"],
  voice: {
    id: "3b8cea9c89c349f1b556e370harbour0",
    opening: { content: "" },
    thought: (text) => ({ content: [thinking(text)] }),
    joined: (thought, text) => ({
      content: thought === undefined ? text : [thinking(thought), chunkOf(text)],
    }),
    callDeltas: (call, index) => [wholeCall(call, { index })],
    wholeCall: (call, index) => wholeCall(call, { index }),
    finishDelta: { content: "" },
    usage: openaiUsage,
    counting: onFinish,
    edit: (chunks) => chunks.map((chunk) => ({ ...chunk, p: "abcdefgh" })),
  },
};
