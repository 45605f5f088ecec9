/** What Anthropic's Messages API takes, with a value that says something: what a request has with and without it. */
import { PNG_BASE64 } from "../../support/media.ts";
import type { Json, Sample } from "./openai_samples.ts";

const USER = { role: "user", content: "What is it?" };
const BASE: Json = { model: "m", max_tokens: 4096, messages: [USER] };

const TOOL = {
  name: "look",
  description: "Looks.",
  input_schema: { type: "object", properties: { a: { type: "string" } } },
};
const CACHED = { cache_control: { type: "ephemeral" } };
const TEXT = { type: "text", text: "More." };
const PICTURE = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: PNG_BASE64 },
};
const PAPER = {
  type: "document",
  source: { type: "base64", media_type: "application/pdf", data: btoa("%PDF-1.7") },
};
const CALL = { type: "tool_use", id: "toolu_1", name: "look", input: { a: "b" } };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "a dot" };

/** What a warning may call it besides: the neutral name, or that of the whole. */
const ALSO: Readonly<Record<string, string[]>> = {
  "messages.content": ["messages.reasoning_content"],
  "messages.content.cache_control": ["cache_control"],
  "messages.content.is_error": ["messages.is_error"],
  "messages.content.title": ["messages.content.filename"],
};

function top(name: string, value: unknown, beside: Json = {}, also: string[] = []): Sample {
  const without = { ...BASE, ...beside };
  return { name, also, without, with: { ...without, [name.split(".")[0]!]: value } };
}

/** Blocks of the user's, of the assistant's, or a result after its call. */
function block(name: string, more: Json, plain?: Json): Sample {
  const asked = (blocks: Json[]): Json => ({
    ...BASE,
    messages: [{ role: "user", content: [{ type: "text", text: "What is it?" }, ...blocks] }],
  });
  const also = ALSO[name] ?? [];
  return { name, also, without: asked(plain === undefined ? [] : [plain]), with: asked([more]) };
}

function answered(name: string, more: Json, plain?: Json, after: Json[] = []): Sample {
  const said = (blocks: Json[]): Json => ({
    ...BASE,
    messages: [USER, { role: "assistant", content: [TEXT, ...blocks] }, {
      role: "user",
      content: [...after, { type: "text", text: "And?" }],
    }],
  });
  const also = ALSO[name] ?? [];
  return { name, also, without: said(plain === undefined ? [] : [plain]), with: said([more]) };
}

function result(name: string, more: Json): Sample {
  const given = (each: Json): Json => ({
    ...BASE,
    tools: [TOOL],
    messages: [USER, { role: "assistant", content: [CALL] }, { role: "user", content: [each] }],
  });
  const also = ALSO[name] ?? [];
  return { name, also, without: given(RESULT), with: given({ ...RESULT, ...more }) };
}

const tools = { tools: [TOOL] };

const TOP: readonly Sample[] = [
  top("cache_control", CACHED.cache_control),
  top("container", "container_1"),
  top("context_management", { edits: [{ type: "clear_tool_uses_20250919" }] }),
  top("inference_geo", "us"),
  top("max_tokens", 77),
  top("mcp_servers", [{ type: "url", name: "m", url: "https://mcp.example.com" }]),
  top("metadata.user_id", { user_id: "user-1" }, {}, ["user"]),
  top("metadata.topic", { topic: "demo" }, {}, ["metadata"]),
  top("output_config.effort", { effort: "low" }, {}, ["output_config", "reasoning_effort"]),
  top("output_config.some_other_member", { some_other_member: 1 }, {}, ["output_config"]),
  top("output_config.format", { format: { type: "json_schema", schema: TOOL.input_schema } }, {}, [
    "output_config",
    "response_format",
  ]),
  top("output_format", { type: "json_schema", schema: TOOL.input_schema }, {}, ["response_format"]),
  top("service_tier", "standard_only"),
  top("speed", "fast"),
  top("stop_sequences", ["END"], {}, ["stop"]),
  top("system", "Be brief."),
  top("temperature", 0.3),
  top("thinking", { type: "enabled", budget_tokens: 2000 }, {}, ["reasoning_effort"]),
  top("thinking", { type: "adaptive" }),
  top("tools", [TOOL]),
  top("tools", [TOOL, { type: "web_search_20250305", name: "web_search" }], tools),
  top("tools", [TOOL, { type: "bash_20250124", name: "bash" }], tools),
  top("tools", [TOOL, { type: "mcp_toolset", mcp_server_name: "m" }], tools),
  top("tools.cache_control", [{ ...TOOL, ...CACHED }], tools, ["cache_control"]),
  top("tools.strict", [{ ...TOOL, strict: true }], tools, ["tools.function.strict"]),
  top("tools.input_examples", [{ ...TOOL, input_examples: [{ a: "b" }] }], tools),
  top("tools.defer_loading", [{ ...TOOL, defer_loading: true }], tools),
  top("tool_choice", { type: "none" }, tools),
  top("tool_choice", { type: "any" }, tools),
  top("tool_choice", { type: "tool", name: "look" }, tools),
  top("tool_choice", { type: "auto", disable_parallel_tool_use: true }, {
    ...tools,
    tool_choice: { type: "auto" },
  }, ["parallel_tool_calls"]),
  top("top_k", 5),
  top("top_p", 0.3),
  top("user_profile_id", "profile_1"),
  top("some_other_member", { of: "another day" }),
];

/** What every request has, and what the gateway itself sees to. */
export const UNTOLD: readonly string[] = ["model", "messages", "stream"];

/** What only Anthropic's own servers write and read. */
const OPAQUE: readonly Json[] = [
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "dot" } },
  { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
  { type: "code_execution_tool_result", tool_use_id: "srvtoolu_1", content: {} },
  { type: "mcp_tool_use", id: "mcptoolu_1", name: "x", server_name: "m", input: {} },
  { type: "compaction", content: "Before." },
];

const BLOCKS: readonly Sample[] = [
  block("messages.content", TEXT),
  block("messages.content", PICTURE),
  block("messages.content", PAPER),
  block("messages.content", { type: "image", source: { type: "file", file_id: "file_1" } }),
  block("messages.content", { type: "container_upload", file_id: "file_1" }),
  block("messages.content", { type: "search_result", title: "T", source: "s", content: [TEXT] }),
  block("messages.content.cache_control", { ...TEXT, ...CACHED }, TEXT),
  block("messages.content.cache_control", { ...PICTURE, ...CACHED }, PICTURE),
  block("messages.content.citations", { ...PAPER, citations: { enabled: true } }, PAPER),
  block("messages.content.context", { ...PAPER, context: "Old." }, PAPER),
  block("messages.content.title", { ...PAPER, title: "A paper" }, PAPER),
  answered("messages.content", CALL, undefined, [RESULT]),
  answered("messages.content.cache_control", { ...CALL, ...CACHED }, CALL, [RESULT]),
  answered("messages.content", { type: "thinking", thinking: "Hm.", signature: "AAAA" }),
  answered("messages.content", { type: "redacted_thinking", data: "AAAA" }),
  answered("messages.content.citations", {
    ...TEXT,
    citations: [{ type: "char_location", document_index: 0, cited_text: "x" }],
  }, TEXT),
  ...OPAQUE.map((each) => answered("messages.content", each)),
  result("messages.content.is_error", { is_error: true }),
  result("messages.content.cache_control", CACHED),
  result("messages.content", { content: [{ type: "text", text: "a dot" }, PICTURE] }),
  result("messages.content.content", {
    content: [{ type: "text", text: "a dot" }, { type: "search_result", title: "T", source: "s" }],
  }),
  {
    name: "system.cache_control",
    also: ["messages.content.cache_control", "cache_control"],
    without: { ...BASE, system: [TEXT] },
    with: { ...BASE, system: [{ ...TEXT, ...CACHED }] },
  },
];

export const ANTHROPIC_SAMPLES: readonly Sample[] = [...TOP, ...BLOCKS];
