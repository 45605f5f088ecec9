/** Every parameter of OpenAI's chat completions, with a value that says something: what a request has with and without it. */
import { PNG_BASE64 } from "../../support/media.ts";

export type Json = Record<string, unknown>;

/** One parameter: its name as warnings write it, and the requests that differ in nothing else. */
export interface Sample {
  name: string;
  /** What a warning may call it besides: a whole of which it is a part. */
  also: readonly string[];
  without: Json;
  with: Json;
}

const USER = { role: "user", content: "What is it?" };
export const BASE: Json = { model: "m", messages: [USER] };

const parameters = { type: "object", properties: { a: { type: "string" } } };
const FUNCTION = { name: "look", description: "Looks.", parameters };
const TOOL = { type: "function", function: FUNCTION };
const OTHER_TOOL = { type: "function", function: { ...FUNCTION, name: "hear" } };
const CUSTOM = { type: "custom", custom: { name: "draw", description: "Draws." } };
const CALL = { id: "call_1", type: "function", function: { name: "look", arguments: '{"a":"b"}' } };
const SCHEMA = {
  name: "answer",
  schema: { ...parameters, required: ["a"], additionalProperties: false },
};
const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${PNG_BASE64}` } };

/** Other names that a warning may have for the whole of which something is a part, or for what it becomes. */
const ALSO: Readonly<Record<string, string[]>> = {
  "messages.audio": ["messages.content"],
  "messages.content.image_url.detail": ["messages.content.detail"],
  "messages.content.file.filename": ["messages.content.filename"],
  "tools.custom.format": ["tools.format"],
};

/** Top-level parameters beside a plain question, or beside what they need. */
function top(name: string, value: unknown, beside: Json = {}, key = name): Sample {
  const without = { ...BASE, ...beside };
  const parent = name.split(".")[0]!;
  return {
    name,
    also: [parent, ...(ALSO[name] ?? [])],
    without,
    with: { ...without, [key]: value },
  };
}

/** A message that differs in a member. */
function message(
  name: string,
  plain: Json,
  more: Json,
  around: Json[] = [USER],
  after: Json[] = [],
): Sample {
  const conversation = (each: Json) => ({ ...BASE, messages: [...around, each, ...after] });
  const also = ALSO[name] ?? [];
  return { name, also, without: conversation(plain), with: conversation({ ...plain, ...more }) };
}

/** A part beside words, or a member of one. */
function part(name: string, more: Json, plain?: Json): Sample {
  const asked = (parts: Json[]) => ({
    ...BASE,
    messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, ...parts] }],
  });
  const also = ALSO[name] ?? [];
  return { name, also, without: asked(plain === undefined ? [] : [plain]), with: asked([more]) };
}

const format = (json_schema: Json): Json => ({ type: "json_schema", json_schema });
const tools = { tools: [TOOL, OTHER_TOOL] };

/** Top-level parameters; together with {@linkcode UNTOLD} all there are. */
const TOP: readonly Sample[] = [
  top("metadata", { topic: "demo" }),
  top("logprobs", true),
  top("top_logprobs", 3, { logprobs: true }),
  top("temperature", 0.3),
  top("top_p", 0.3),
  top("user", "user-1"),
  top("safety_identifier", "person-1"),
  top("prompt_cache_key", "conversation-1"),
  top("prompt_cache_retention", "24h"),
  top("prompt_cache_options", { scope: "session" }),
  ...["default", "flex", "priority"].map((tier) => top("service_tier", tier)),
  top("modalities", ["text", "audio"]),
  ...["low", "high"].map((level) => top("verbosity", level)),
  ...["none", "minimal", "low", "medium", "high", "xhigh"].map((each) =>
    top("reasoning_effort", each)
  ),
  top("max_completion_tokens", 77),
  top("max_tokens", 77),
  top("frequency_penalty", 0.5),
  top("presence_penalty", 0.5),
  top("web_search_options", { search_context_size: "low" }),
  top("response_format", { type: "json_object" }),
  top("response_format", format(SCHEMA)),
  top("response_format", { type: "grammar", grammar: "root" }),
  top("response_format.json_schema.strict", format({ ...SCHEMA, strict: true }), {
    response_format: format(SCHEMA),
  }, "response_format"),
  top("response_format.json_schema.description", format({ ...SCHEMA, description: "So." }), {
    response_format: format(SCHEMA),
  }, "response_format"),
  top("audio", { voice: "alloy", format: "wav" }),
  top("store", true),
  top("moderation", { mode: "strict" }),
  top("stop", "END"),
  top("stop", ["END", "STOP"]),
  top("logit_bias", { "50256": -100 }),
  top("n", 2),
  top("prediction", { type: "content", content: "It is" }),
  top("seed", 7),
  top("stream_options.include_obfuscation", {
    include_usage: true,
    include_obfuscation: true,
  }, {
    stream: true,
    stream_options: { include_usage: true },
  }, "stream_options"),
  top("tools", [TOOL]),
  top("tools.custom", [TOOL, CUSTOM], { tools: [TOOL] }, "tools"),
  top(
    "tools.custom.format",
    [{
      type: "custom",
      custom: {
        ...CUSTOM.custom,
        format: { type: "grammar", grammar: { syntax: "lark", definition: "x" } },
      },
    }],
    { tools: [CUSTOM] },
    "tools",
  ),
  top(
    "tools.function.strict",
    [{
      type: "function",
      function: { ...FUNCTION, parameters: SCHEMA.schema, strict: true },
    }],
    { tools: [{ type: "function", function: { ...FUNCTION, parameters: SCHEMA.schema } }] },
    "tools",
  ),
  top("tools.web_search", [TOOL, { type: "web_search" }], { tools: [TOOL] }, "tools"),
  ...(["none", "required"] as const).map((choice) => top("tool_choice", choice, tools)),
  top("tool_choice", { type: "function", function: { name: "look" } }, tools),
  top("tool_choice", {
    type: "allowed_tools",
    allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "look" } }] },
  }, tools),
  top("parallel_tool_calls", false, tools),
  top("functions", [FUNCTION]),
  top("function_call", "none", { functions: [FUNCTION] }),
  top("function_call", { name: "look" }, { functions: [FUNCTION] }),
  top("some_other_member", { of: "another day" }),
];

/** What every request has, and what the gateway itself sees to. */
export const UNTOLD: readonly string[] = ["model", "messages", "stream", "stream_options"];

const RESULT = { role: "tool", tool_call_id: "call_1", content: "a dot" };
const CALLING = { role: "assistant", content: null, tool_calls: [CALL] };
const ANSWER = { role: "assistant", content: "It is a dot." };

const MESSAGES: readonly Sample[] = [
  message("messages.name", USER, { name: "ada" }, []),
  message("messages.name", { role: "system", content: "Be brief." }, { name: "ada" }, [], [USER]),
  message("messages.name", { role: "developer", content: "Be brief." }, { name: "ada" }, [], [
    USER,
  ]),
  message("messages.name", ANSWER, { name: "bob" }, [USER], [USER]),
  message("messages.name", RESULT, { name: "look" }, [USER, CALLING]),
  message("messages.refusal", ANSWER, { refusal: "I won't say more." }, [USER], [USER]),
  message("messages.audio", ANSWER, { audio: { id: "audio_1" } }, [USER], [USER]),
  message("messages.reasoning_content", ANSWER, { reasoning_content: "A dot?" }, [USER], [USER]),
  message("messages.tool_calls", ANSWER, { tool_calls: [CALL] }, [USER], [RESULT]),
  message(
    "messages.tool_calls",
    ANSWER,
    {
      tool_calls: [{ id: "call_1", type: "custom", custom: { name: "draw", input: "a dot" } }],
    },
    [USER],
    [RESULT],
  ),
  message("messages.function_call", ANSWER, { function_call: { name: "look", arguments: "{}" } }, [
    USER,
  ], [{ role: "function", name: "look", content: "a dot" }]),
  message("messages.some_other_member", USER, { some_other_member: 1 }, []),
  message("messages.some_other_member", ANSWER, { some_other_member: 1 }, [USER], [USER]),
  message("messages.some_other_member", RESULT, { some_other_member: 1 }, [USER, CALLING]),
];

const WORDS = { type: "text", text: "More." };
const audio = { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } };
const pdf = { filename: "a.pdf", file_data: `data:application/pdf;base64,${btoa("%PDF-1.7")}` };

const PARTS: readonly Sample[] = [
  part("messages.content", WORDS),
  part("messages.content", picture),
  part("messages.content", { type: "image_url", image_url: { url: "gs://bucket/a.png" } }),
  part("messages.content", audio),
  part("messages.content", { type: "file", file: pdf }),
  part("messages.content", { type: "file", file: { file_id: "file-1" } }),
  part("messages.content", { type: "video_url", video_url: { url: "gs://bucket/a.mp4" } }),
  part("messages.content", { type: "some_other_part", value: 1 }),
  part("messages.content.image_url.detail", {
    type: "image_url",
    image_url: { ...picture.image_url, detail: "high" },
  }, picture),
  part("messages.content.prompt_cache_breakpoint", {
    ...WORDS,
    prompt_cache_breakpoint: { mode: "explicit" },
  }, WORDS),
  part("messages.content.prompt_cache_breakpoint", {
    ...picture,
    prompt_cache_breakpoint: { mode: "explicit" },
  }, picture),
  part("messages.content.some_other_member", { ...WORDS, some_other_member: 1 }, WORDS),
  part("messages.content.file.filename", { type: "file", file: pdf }, {
    type: "file",
    file: { file_data: pdf.file_data },
  }),
];

export const OPENAI_SAMPLES: readonly Sample[] = [...TOP, ...MESSAGES, ...PARTS];
