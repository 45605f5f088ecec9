import fc from "fast-check";
import type { ChatRequest, Extensions, Message, Part } from "../../../lib/chat/request.ts";
import type { ChatResponse, Choice, Usage } from "../../../lib/chat/response.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constant('"usage":null,"error" [DONE]\n\n'),
);
const words = text.filter((value) => value !== "");
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,20}$/);
const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const count = fc.nat(1_000_000);

export const jsonObject = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), {
  maxKeys: 3,
  noNullPrototype: true,
});

/** JSON without anything a strict round trip may drop: no null, no undefined. */
const extra = fc.oneof(words, fc.integer(), fc.boolean()).map((x_extra) => ({ x_extra }));
const ext = (values: object): { extensions: Extensions } => ({
  extensions: { openai_chat: values as Record<string, unknown> },
});

function opt<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Leaves out what is undefined, as codecs do. */
function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

const detailed: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ content: words, signature: opt(base64), format: opt(name) }).map((part) =>
    clean({ type: "reasoning" as const, ...part, ...ext({ detail: { type: "reasoning.text" } }) })
  ),
  fc.record({ signature: base64, format: opt(name) }).map((part) =>
    clean({
      type: "reasoning" as const,
      content: "",
      redacted: true,
      ...part,
      ...ext({ detail: { type: "reasoning.encrypted" } }),
    })
  ),
);

const reasoning: fc.Arbitrary<Part[]> = fc.oneof(
  fc.constant<Part[]>([]),
  words.map((content): Part[] => [{ type: "reasoning" as const, content }]),
  fc.array(detailed, { minLength: 1, maxLength: 3 }),
);

const call = fc.oneof(
  fc.record({
    name,
    arguments: fc.oneof(jsonObject.map((value) => JSON.stringify(value)), fc.constant("{}")),
  })
    .map((each) => ({ ...each, kind: "function" as const })),
  fc.record({ name, arguments: words }).map((each) => ({ ...each, kind: "custom" as const })),
);

const calls = fc.array(fc.tuple(call, opt(extra)), { maxLength: 3 }).map((list): Part[] =>
  list.map(([each, more], at) => ({
    type: "tool_call",
    id: `call_${at}x`,
    ...each,
    ...(more && ext(more)),
  }))
);

const citation = fc.record({ uri: fc.webUrl(), title: text, start: count, end: count })
  .map((each): Part => ({ type: "citation", ...each }));

const answerParts = fc.tuple(
  reasoning,
  opt(words),
  opt(words),
  fc.array(citation, { maxLength: 2 }),
  calls,
).map(([thoughts, said, refused, citations, called]): Part[] => [
  ...thoughts,
  ...(said === undefined ? [] : [{ type: "text" as const, content: said }]),
  ...(refused === undefined ? [] : [{ type: "refusal" as const, content: refused }]),
  ...citations,
  ...called,
]);

const usage: fc.Arbitrary<Usage> = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: opt(count),
  cacheWriteTokens: opt(count),
  audioInputTokens: opt(count),
}).map((each) => clean({ ...each, totalTokens: each.inputTokens + each.outputTokens }));

const logprobs = fc.array(fc.record({ token: text, logprob: fc.constant(-0.5) }), {
  minLength: 1,
  maxLength: 2,
}).map(
  (tokens) => ({
    logprobs: {
      content: tokens.map((each) => ({ ...each, bytes: [1, 2], top_logprobs: [] })),
      refusal: null,
    },
  }),
);

const choice = fc.record({
  parts: answerParts,
  reason: fc.constantFrom("stop", "length", "content_filter"),
  native: opt(fc.constant("end_turn")),
  more: opt(logprobs),
}).map(({ parts, reason, native, more }) => {
  const called = reason === "stop" && parts.some((part) => part.type === "tool_call");
  return clean({
    parts,
    finishReason: called ? "tool_call" : reason,
    nativeFinishReason: native,
    extensions: more && ext(more).extensions,
  }) as Omit<Choice, "index">;
});

/** Answers in the order of parts in which this protocol can say them. */
export const responses: fc.Arbitrary<ChatResponse> = fc.record({
  id: name,
  model: name,
  created: fc.integer({ min: 1, max: 2_000_000_000 }),
  choices: fc.array(choice, { minLength: 1, maxLength: 3 }).map((list) =>
    list.map((each, index) => ({ ...each, index }))
  ),
  usage: opt(usage),
  extensions: opt(extra.map((values) => ext(values).extensions)),
}).map(clean) as fc.Arbitrary<ChatResponse>;

const media: fc.Arbitrary<Part> = fc.oneof(
  fc.record({
    uri: fc.webUrl({ validSchemes: ["https"] }),
    detail: opt(fc.constantFrom("low", "high")),
  }).map((
    { uri, detail },
  ) => ({
    type: "uri" as const,
    modality: "image" as const,
    uri,
    ...(detail && ext({ inner: { detail } })),
  })),
  base64.map((content) => ({
    type: "blob" as const,
    modality: "image" as const,
    mimeType: "image/png",
    content,
  })),
  base64.map((content) => ({
    type: "blob" as const,
    modality: "image" as const,
    mimeType: "image/jpeg",
    content,
    ...ext({ head: "DATA:image/JPG;name=a.b;Base64," }),
  })),
  fc.record({ content: base64, mimeType: fc.constantFrom("audio/wav", "audio/mpeg", "audio/flac") })
    .map((each) => ({ type: "blob" as const, modality: "audio" as const, ...each })),
  fc.record({ content: base64, filename: opt(name) }).map((each) =>
    clean({
      type: "blob" as const,
      modality: "document" as const,
      mimeType: "application/pdf",
      ...each,
    })
  ),
  name.map((fileId) => ({ type: "file" as const, modality: "document" as const, fileId })),
);

const contentParts = fc.array(
  fc.oneof(text.map((content): Part => ({ type: "text", content })), media),
  { minLength: 2, maxLength: 4 },
);

const spoken: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom("system", "developer", "user" as const),
    content: text,
    name: opt(name),
  })
    .map(({ role, content, name }) =>
      clean({ role: role as "user", parts: [{ type: "text" as const, content }], name })
    ),
  contentParts.map((parts) => ({ role: "user" as const, parts })),
  text.map((content) => ({
    role: "user" as const,
    parts: [{ type: "text" as const, content }],
    ...ext({ list: true }),
  })),
);

const answered: fc.Arbitrary<Message> = fc.tuple(
  reasoning,
  opt(text),
  opt(words),
  calls,
  opt(extra),
).map(
  ([thoughts, said, refused, called, more]) => ({
    role: "assistant" as const,
    parts: [
      ...thoughts,
      ...(said === undefined ? [] : [{ type: "text" as const, content: said }]),
      ...(refused === undefined ? [] : [{ type: "refusal" as const, content: refused }]),
      ...called,
    ],
    ...(more && ext(more)),
  }),
);

const result: fc.Arbitrary<Message> = text.map((content) => ({
  role: "tool" as const,
  parts: [{
    type: "tool_call_response" as const,
    id: "call_0x",
    response: [{ type: "text" as const, content }],
  }],
}));

const tool = fc.record({
  kind: fc.constantFrom("function" as const, "custom" as const),
  name,
  description: opt(words),
  parameters: opt(jsonObject),
  strict: opt(fc.boolean()),
}).map((each) =>
  each.kind === "custom"
    ? clean({ ...each, parameters: undefined, strict: undefined })
    : clean(each)
);

/** Requests this protocol can say. */
export const requests: fc.Arbitrary<ChatRequest> = fc.record({
  model: name,
  messages: fc.array(fc.oneof(spoken, answered, result), { minLength: 1, maxLength: 5 }),
  stream: fc.boolean(),
  tools: opt(fc.array(tool, { minLength: 1, maxLength: 3 })),
  toolChoice: opt(fc.oneof(
    fc.constantFrom("auto", "none", "required").map((type) => ({ type })),
    fc.tuple(name, fc.constantFrom("function", "custom")).map(([name, kind]) => ({
      type: "tool",
      name,
      kind,
    })),
  )),
  parallelToolCalls: opt(fc.boolean()),
  outputFormat: opt(fc.oneof(
    fc.constantFrom("text", "json").map((type) => ({ type })),
    fc.tuple(name, jsonObject).map(([name, schema]) => ({ type: "json_schema", name, schema })),
  )),
  maxTokens: opt(count),
  temperature: opt(fc.constantFrom(0, 0.7, 2)),
  topP: opt(fc.constantFrom(0.1, 1)),
  stopSequences: opt(fc.array(text, { minLength: 1, maxLength: 4 })),
  seed: opt(count),
  frequencyPenalty: opt(fc.constantFrom(-2, 0, 2)),
  presencePenalty: opt(fc.constantFrom(-2, 0, 2)),
  choiceCount: opt(fc.integer({ min: 1, max: 8 })),
  logprobs: opt(fc.oneof(fc.constant({}), fc.nat(20).map((top) => ({ top })))),
  reasoningEffort: opt(fc.constantFrom("none", "low", "high")),
  user: opt(words),
  metadata: opt(fc.dictionary(name, text, { maxKeys: 2, noNullPrototype: true })),
  extensions: opt(extra.map((values) => ext(values).extensions)),
}).map((each) => clean({ ...each, streamUsage: each.stream ? true : undefined })) as fc.Arbitrary<
  ChatRequest
>;
