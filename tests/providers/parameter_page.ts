/** The page `docs/parameters.md`, made by asking every provider's codec what becomes of each parameter. */
import type { ProviderCodec } from "../../lib/chat/codec.ts";
import type { Warning } from "../../lib/chat/warning.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../../lib/codecs/openai_embeddings/mod.ts";
import { scanObject } from "../../lib/json/scan_object.ts";
import * as rules from "../../lib/providers/model_rules.ts";
import type { Provider } from "../../lib/providers/provider.ts";

type Json = Record<string, unknown>;

const TOOL = {
  type: "function",
  function: { name: "f", parameters: { type: "object", properties: {} } },
};
const STRICT_TOOL = { type: "function", function: { ...TOOL.function, strict: true } };
const SCHEMA = { type: "json_schema", json_schema: { name: "r", schema: { type: "object" } } };

/** Parameters by row, each with a value that says something. */
const SAMPLES: Record<string, unknown> = {
  frequency_penalty: 0.5,
  logit_bias: { "50": 1 },
  logprobs: true,
  max_completion_tokens: 100,
  max_tokens: 100,
  metadata: { a: "b" },
  modalities: ["text", "audio"],
  n: 2,
  parallel_tool_calls: false,
  prediction: { type: "content", content: "a" },
  presence_penalty: 0.5,
  prompt_cache_key: "k",
  reasoning_effort: "high",
  "reasoning_effort: minimal": "minimal",
  "reasoning_effort: none": "none",
  "response_format: json_object": { type: "json_object" },
  "response_format: json_schema": SCHEMA,
  safety_identifier: "s",
  seed: 7,
  "service_tier: priority": "priority",
  stop: ["END"],
  store: true,
  "stream_options.include_usage": undefined,
  "temperature: 2": 2,
  "tool_choice: required": "required",
  tools: [TOOL],
  "tools: strict": [STRICT_TOOL],
  top_logprobs: 2,
  top_p: 0.5,
  user: "u",
  verbosity: "low",
  web_search_options: { search_context_size: "low" },
  any_other: 1,
};

const INTRODUCTION =
  "`✓` sent as it is, `~` sent in another form or by another name (what it means is " +
  "the same), `<` moved to the nearest value there is, `≈` done in another way, `–` left out. What is not `✓` " +
  "is told in the header `dragoman-warnings`; with `dragoman-strict: true` what is `<`, `≈` or `–` is refused " +
  "before anything is sent. `custom-*` providers get every parameter as it is.";

const RULES =
  "A rule holds for the models in whose name its pattern is found; of several the last one counts. " +
  "The option `modelRules` adds rules of your own after these, by provider:";

/** Gives the page. */
export function parameterPage(providers: Iterable<Provider>): string {
  const all = [...providers];
  const columns = all.map(({ slug }) => slug);
  const rows = Object.entries(SAMPLES).map(([row, value]) => [
    `\`${row}\``,
    ...all.map(({ codec }) => cell(codec, row, value)),
  ]);
  return [
    "# What becomes of each parameter",
    "",
    "Made from the providers' profiles by `node tests/providers/write_parameters.ts`; not to be edited.",
    "",
    ...wrapped(INTRODUCTION),
    "",
    ...table(["parameter", ...columns], rows),
    "",
    "## What depends on the model",
    "",
    ...wrapped(RULES),
    "",
    "```json",
    '{ "modelRules": { "groq": [{ "match": "^my-model", "accepts": ["reasoning_effort"] }] } }',
    "```",
    "",
    ...table(["provider", "`match`", "what holds"], ruleRows()),
    "",
    "Rules may say:",
    "",
    ...capabilityLines(all),
    "",
    "## Embeddings",
    "",
    ...wrapped(EMBEDDINGS),
    "",
    ...table(
      ["provider", "model", "inputs a call", "tokens", ...Object.keys(EMBEDDING_SAMPLES)],
      all.flatMap(embeddingRows),
    ),
    "",
  ].join("\n");
}

const EMBEDDINGS =
  "A list of inputs that is longer than one call takes becomes several calls, 8 at a " +
  "time. Vectors are written as `encoding_format` asks, whoever made them; Perplexity's are whole numbers " +
  "from -128 to 127. Members that only the provider knows (`truncate`, `title`, `options` …) reach it.";

const EMBEDDING_SAMPLES: Record<string, unknown> = {
  dimensions: 256,
  user: "u",
  input_type: "search_query",
};

/** Providers whose models differ. */
const EMBEDDING_MODELS: Record<string, string[]> = {
  "google-vertex-ai": ["text-embedding-005", "gemini-embedding-001", "gemini-embedding-2"],
  "aws-bedrock": ["amazon.titan-embed-text-v2:0", "cohere.embed-v4:0", "amazon.nova-2-embed"],
};

function embeddingRows({ slug, embeddings }: Provider): string[][] {
  if (embeddings === undefined) return [];
  const caller = openaiEmbeddings();
  return (EMBEDDING_MODELS[slug] ?? [""]).map((model) => {
    const { inputs, tokens } = embeddings.limits(model);
    const marks = Object.entries(EMBEDDING_SAMPLES).map(([name, value]) => {
      const request = caller.decodeRequest({ model: "m", input: "a", [name]: value });
      const { warnings } = embeddings.encodeRequest(request, { model: model || "m" });
      return sign(warnings.find(({ param }) => param === name)) ?? "✓";
    });
    return [slug, model && code(model), String(inputs), tokens ? "✓" : "–", ...marks];
  });
}

const openai = openaiChat();

function cell(codec: ProviderCodec, row: string, value: unknown): string {
  const [param = row] = row.split(/[:.]/);
  const usage = row.startsWith("stream_options");
  const messages = [{ role: "user", content: "Hello" }];
  const body: Json = { model: "m", messages, ...(usage ? { stream: true } : {}) };
  if (!usage) body[param] = value;
  if (param === "tool_choice" || param === "parallel_tool_calls") body.tools = [TOOL];
  if (param === "top_logprobs") body.logprobs = true;
  const text = JSON.stringify(body);
  const options = { model: "m", stream: usage };
  const native = codec.protocol !== openai.protocol;
  const encoded = native
    ? codec.encodeRequest(openai.decodeRequest(body), options)
    : codec.relay?.relayRequest(scanObject(text), options);
  if (encoded === undefined) return "";
  const sent = JSON.parse(encoded.body);
  // Protocols other than OpenAI's count in every stream.
  if (usage) return native ? "~" : sent.stream_options === undefined ? "–" : "✓";
  const concerned = encoded.warnings.find((each) => each.param.split(".")[0] === param);
  return sign(concerned) ?? (same(sent, body) ? "✓" : "~");
}

/** What is skipped is the gateway's own, and no parameter. */
const SIGNS: Readonly<Record<Warning["kind"], string | undefined>> = {
  dropped: "–",
  clamped: "<",
  emulated: "≈",
  renamed: "~",
  filled: "~",
  skipped: undefined,
};

function sign(warning: Warning | undefined): string | undefined {
  return warning &&
    SIGNS[warning.kind];
}

function same(sent: Json, body: Json): boolean {
  return Object.keys(body).every((key) => JSON.stringify(sent[key]) === JSON.stringify(body[key]));
}

/** Tables of rules are named for their vendors. */
const TABLES: Record<string, readonly { match: string }[]> = {
  openai: rules.OPENAI_MODELS,
  groq: rules.GROQ_MODELS,
  mistral: rules.MISTRAL_MODELS,
  "perplexity-ai": rules.PERPLEXITY_MODELS,
  "workers-ai": rules.WORKERS_AI_MODELS,
  grok: rules.XAI_MODELS,
  deepseek: rules.DEEPSEEK_MODELS,
  cerebras: rules.CEREBRAS_MODELS,
  baseten: rules.BASETEN_MODELS,
  together: rules.TOGETHER_MODELS,
};

function ruleRows(): string[][] {
  return Object.entries(TABLES).flatMap(([slug, table]) =>
    table.map(({ match, ...what }) => [slug, code(match), code(JSON.stringify(what).slice(1, -1))])
  );
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** What every rule about a provider like OpenAI may say, then what only those about one of them may. */
function capabilityLines(providers: readonly Provider[]): string[] {
  const common = providers[0]?.codec.capabilities ?? {};
  const line = ([name, kind]: string[], only = "") => `- \`${name}\` (${kind}${only})`;
  const own = providers.filter(({ codec }) => codec.protocol === openai.protocol).flatMap(
    ({ slug, codec }) =>
      Object.entries(codec.capabilities ?? {}).filter(([name]) => !(name in common))
        .map((each) => line(each, `, ${slug} only`)),
  );
  return [...Object.entries(common).map((each) => line(each)), ...own];
}

/** A table whose columns are as wide as their widest cell, as the formatter wants it. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: string[]) =>
    `| ${cells.map((each, column) => each.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

/** Lines of at most 100 characters, as the formatter wants them. */
function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= 100) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
