import fc from "fast-check";
import type { ChatRequest, Extensions, Message, Part } from "../../../lib/chat/request.ts";
import type { ChatResponse, Choice, Usage } from "../../../lib/chat/response.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constant('event: error\ndata: {"type":"error"}\n\n'),
);
const words = text.filter((value) => value.trim() !== "");
/** Without the marks that stand for other characters in names that providers are sent. */
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/).filter((name) => !/__u/.test(name));
const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const count = fc.nat(1_000_000);
const format = "anthropic-claude-v1";

const jsonObject = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), {
  maxKeys: 3,
  noNullPrototype: true,
});
const ext = (values: object): { extensions: Extensions } => ({
  extensions: { anthropic_messages: values as Record<string, unknown> },
});
const cache = fc.constantFrom("5m", "1h").map((ttl) =>
  ext({ cache_control: { type: "ephemeral", ttl } })
);

function opt<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Leaves out what is undefined, as codecs do. */
function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

const thought: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ content: words, signature: base64 }),
  base64.map((signature) => ({ content: "", signature })),
  base64.map((signature) => ({ content: "", signature, redacted: true })),
).map((part) => ({ type: "reasoning" as const, ...part, format }));

const call: fc.Arbitrary<Part> = fc.record({
  id: fc.uuid().map((id) => `toolu_${id.replaceAll("-", "")}`),
  name,
  arguments: jsonObject.map((value) => JSON.stringify(value)),
}).map((each) => ({ type: "tool_call" as const, ...each, kind: "function" as const }));

const servedId = fc.stringMatching(/^srvtoolu_[a-zA-Z0-9_]{1,20}$/);

/** What Anthropic's own tools do. */
const served: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ id: servedId, input: jsonObject }).map((each) => ({
    type: "server_tool_use",
    name: "web_search",
    caller: { type: "direct" },
    ...each,
  })),
  servedId.map((tool_use_id) => ({
    type: "web_search_tool_result",
    tool_use_id,
    caller: { type: "direct" },
    content: [],
  })),
).map((block) => ({ type: "opaque" as const, ...ext({ block }) } as Part));

interface Citing {
  content: string;
  sources: { url: string; title: string }[];
}

const citing: fc.Arbitrary<Citing> = fc.record({
  content: words,
  sources: fc.array(fc.record({ url: fc.webUrl(), title: words }), { maxLength: 2 }),
});

/** Texts with their sources, whose places follow from the texts before. */
function place(parts: readonly (Part | Citing)[]): Part[] {
  let length = 0;
  return parts.flatMap((part): Part[] => {
    if ("type" in part) return [part];
    const start = length;
    const end = length += part.content.length;
    return [
      { type: "text", content: part.content },
      ...part.sources.map((source): Part => ({
        type: "citation",
        uri: source.url,
        title: source.title,
        start,
        end,
        ...ext({
          citation: {
            type: "web_search_result_location",
            cited_text: "",
            encrypted_index: "i",
            ...source,
          },
        }),
      })),
    ];
  });
}

const said = fc.array(fc.oneof(thought, citing, citing, call, served), { maxLength: 6 }).map(place);

const usage: fc.Arbitrary<Usage> = fc.record({
  fresh: count,
  outputTokens: count,
  cacheReadTokens: opt(count),
  cacheWriteTokens: opt(count),
  reasoningTokens: opt(count),
  extensions: opt(fc.constant(ext({ service_tier: "standard" }).extensions)),
}).map(({ fresh, ...each }) => {
  const inputTokens = fresh + (each.cacheReadTokens ?? 0) + (each.cacheWriteTokens ?? 0);
  return clean({ ...each, inputTokens, totalTokens: inputTokens + each.outputTokens });
});

const ends = fc.constantFrom(
  "end_turn",
  "stop_sequence",
  "pause_turn",
  "max_tokens",
  "model_context_window_exceeded",
  "refusal",
  "tool_use",
);

const choice: fc.Arbitrary<Choice> = fc.tuple(said, ends, opt(words)).map(
  ([parts, native, explanation]) => {
    const calls = parts.some(({ type }) => type === "tool_call");
    const finishReason = native === "refusal"
      ? "content_filter"
      : native.startsWith("m")
      ? "length"
      : calls
      ? "tool_call"
      : "stop";
    const refused: Part[] = native === "refusal" && explanation !== undefined
      ? [{ type: "refusal", content: explanation }]
      : [];
    return clean({
      index: 0,
      parts: [...parts, ...refused],
      finishReason,
      nativeFinishReason: native,
      doubtful: native === "pause_turn" ? true : undefined,
      extensions: native === "stop_sequence" ? ext({ stop_sequence: "END" }).extensions : undefined,
    }) as Choice;
  },
);

/** Answers this protocol can say. */
export const responses: fc.Arbitrary<ChatResponse> = fc.record({
  id: name.map((id) => `msg_${id}`),
  model: name,
  choice,
  usage,
  container: opt(name.map((id) => ext({ container: { id, expires_at: "2026-01-01T00:00:00Z" } }))),
}).map(({ choice, container, ...each }) => ({
  ...each,
  created: DEFAULTS.created,
  choices: [choice],
  ...container,
}));

const media: fc.Arbitrary<Part> = fc.oneof(
  fc.webUrl({ validSchemes: ["https"] }).map((uri) => ({
    type: "uri" as const,
    modality: "image" as const,
    uri,
  })),
  fc.record({
    mimeType: fc.constantFrom("image/png", "image/jpeg", "image/gif", "image/webp"),
    content: base64,
  }).map((each) => ({ type: "blob" as const, modality: "image" as const, ...each })),
  fc.record({ content: base64, filename: opt(name) }).map((each) =>
    clean({
      type: "blob" as const,
      modality: "document" as const,
      mimeType: "application/pdf",
      ...each,
    })
  ),
  fc.constant({
    type: "blob" as const,
    modality: "document" as const,
    mimeType: "text/plain",
    content: "R3LDvMOfZQ==",
    ...ext({ citations: { enabled: true } }),
  }),
);

const plain = words.map((content): Part => ({ type: "text", content }));
const marked = fc.tuple(words, cache).map(([content, mark]): Part => ({
  type: "text",
  content,
  ...mark,
}));

const spoken = fc.oneof(
  plain.map((part) => ({ parts: [part] })),
  plain.map((part) => ({ parts: [part], ...ext({ list: true }) })),
  fc.array(fc.oneof(plain, marked, media), { minLength: 2, maxLength: 4 })
    .map((parts) => ({ parts })),
);

const response = fc.oneof(
  text.map((content) => ({ response: [{ type: "text" as const, content }] })),
  words.map((content) => ({
    response: [{ type: "text" as const, content }],
    ...ext({ list: true }),
  })),
  fc.constant({ response: [] }),
  fc.tuple(plain, media).map((response) => ({ response })),
) as fc.Arbitrary<object>;

/** What the assistant said, then what the user says: results of all calls first. */
const exchange: fc.Arbitrary<Message[]> = fc.tuple(
  fc.array(fc.oneof(thought, marked, call, served), { minLength: 2, maxLength: 4 }),
  spoken,
  fc.array(fc.tuple(response, fc.boolean()), { minLength: 4, maxLength: 4 }),
).map(([parts, words, answers]): Message[] => {
  const calls = parts.filter((part) => part.type === "tool_call");
  const results = calls.map(({ id }, at) =>
    clean({
      type: "tool_call_response" as const,
      id,
      ...answers[at]![0],
      isError: answers[at]![1] ? true : undefined,
    }) as Part
  );
  const user: Message = { role: "user", ...words };
  if (calls.length === 0) return [{ role: "assistant", parts }, user];
  return [
    { role: "assistant", parts },
    { role: "tool", parts: results },
    { role: "user", parts: words.parts },
  ];
});

const conversation = fc.tuple(
  opt(spoken.filter(({ parts }) => parts.every(({ type }) => type === "text"))),
  spoken,
  fc.array(exchange, { maxLength: 3 }),
).map(([system, first, rest]): Message[] => [
  ...(system === undefined ? [] : [{ role: "system" as const, ...system }]),
  { role: "user", ...first },
  ...rest.flat(),
]);

const tool = fc.record({
  name,
  description: opt(words),
  properties: jsonObject.map((object) => Object.keys(object)),
  strict: opt(fc.constant(true)),
  mark: opt(cache),
}).map(({ properties, mark, ...each }) =>
  clean({
    kind: "function" as const,
    ...each,
    parameters: {
      type: "object",
      properties: Object.fromEntries(properties.map((key) => [key, { type: "string" }])),
      required: properties,
      additionalProperties: false,
    },
    ...mark,
  })
);

const choosing = fc.record({
  tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
  toolChoice: fc.oneof(
    fc.constantFrom("auto", "required").map((type) => ({ type })),
    name.map((name) => ({ type: "tool", name, kind: "function" })),
  ),
  parallelToolCalls: opt(fc.boolean()),
});

const schema = jsonObject.map((object) => ({
  type: "object",
  properties: Object.fromEntries(Object.keys(object).map((key) => [key, { type: "number" }])),
  additionalProperties: false,
}));

/** In the words of Anthropic's own callers, who say outright how to think. */
const thinking = fc.oneof(
  fc.constant({}),
  fc.constant({ reasoningEffort: "none", ...ext({ thinking: { type: "disabled" } }) }),
  fc.constantFrom("low", "medium", "high", "max").map((effort) => ({
    reasoningEffort: effort,
    ...ext({ thinking: { type: "adaptive" }, output_config: { effort } }),
  })),
);

/** Requests this protocol can say. */
export const requests: fc.Arbitrary<ChatRequest> = fc.record({
  model: name,
  messages: conversation,
  stream: fc.boolean(),
  tools: opt(choosing),
  outputFormat: opt(schema.map((schema) => ({ type: "json_schema", name: "response", schema }))),
  maxTokens: fc.integer({ min: 1, max: 100_000 }),
  sampling: fc.oneof(
    thinking,
    fc.record({ temperature: fc.constantFrom(0, 0.7, 1), topP: fc.constantFrom(0.1, 1) }),
  ),
  stopSequences: opt(fc.array(words, { minLength: 1, maxLength: 4 })),
  user: opt(fc.uuid()),
}).map(({ tools, sampling, ...each }) => {
  const thinks = "reasoningEffort" in sampling && sampling.reasoningEffort !== "none";
  // A model that thinks can't be made to call a tool.
  const chosen = tools && (thinks ? { ...tools, toolChoice: { type: "auto" } } : tools);
  return clean({ ...each, ...chosen, ...sampling, streamUsage: each.stream ? true : undefined });
}) as fc.Arbitrary<ChatRequest>;
