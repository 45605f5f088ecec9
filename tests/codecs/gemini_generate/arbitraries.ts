/** Requests and answers as Google itself would write them: nothing that could be written in two ways. */
import fc from "fast-check";
import type { Json } from "./helpers.ts";

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.constant('"error":{"finishReason"}\r\n\r\ndata: [DONE]'),
);
const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,20}$/);
const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const count = fc.nat(1_000_000);

const data = fc.dictionary(
  name,
  fc.oneof(text, fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 2 })),
  { maxKeys: 3, noNullPrototype: true },
);

function opt<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Leaves out what is undefined. */
function record(members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> {
  return fc.record(members).map((each) =>
    Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined))
  );
}

const said = record({ text, thoughtSignature: opt(base64) });
const thought = said.map((part): Json => ({ ...part, thought: true }));
const call = fc.tuple(record({ name, args: data }), opt(base64), fc.boolean()).map((
  [functionCall, thoughtSignature, named],
): Json => ({
  functionCall,
  ...(thoughtSignature && { thoughtSignature }),
  ...(named && { named }),
}));
const picture = record({
  inlineData: record({ mimeType: fc.constantFrom("image/png", "audio/wav"), data: base64 }),
  thoughtSignature: opt(base64),
});
const code = fc.oneof(
  text.map((code): Json => ({ executableCode: { language: "PYTHON", code } })),
  text.map((output): Json => ({ codeExecutionResult: { outcome: "OUTCOME_OK", output } })),
);

/** Some calls have ids of Google's, each its own. */
function withIds(parts: Json[], prefix: string): Json[] {
  return parts.map(({ named, ...part }, at) =>
    named === true
      ? { ...part, functionCall: { id: `${prefix}${at}`, ...(part.functionCall as Json) } }
      : part
  );
}

/** Unsigned text followed by more of its kind would be one text. */
function apart(parts: Json[]): Json[] {
  return parts.filter((part, at) => {
    const before = parts[at - 1];
    return !("text" in part && before && "text" in before && before.thought === part.thought);
  });
}

const parts = fc.array(fc.oneof(said, thought, call, picture, code), { maxLength: 5 })
  .map((list) => withIds(apart(list), "id"));

const grounding = fc.record({ uri: fc.webUrl(), title: opt(text), end: opt(fc.nat(5)) }).map((
  { uri, title, end },
): Json => ({
  groundingChunks: [{ web: { uri, ...(title && { title }) } }],
  ...(end !== undefined &&
    { groundingSupports: [{ segment: { endIndex: end, text: "x" }, groundingChunkIndices: [0] }] }),
}));

const logprobs = fc.array(record({ token: text, logProbability: fc.constant(-0.5) }), {
  minLength: 1,
  maxLength: 2,
}).map((chosenCandidates): Json => ({ chosenCandidates }));

const candidate = record({
  content: parts.map((parts): Json => ({ role: "model", parts })),
  finishReason: fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"),
  safetyRatings: opt(fc.constant([{ category: "HARM", probability: "LOW" }])),
  groundingMetadata: opt(grounding),
  logprobsResult: opt(logprobs),
});

const usage = record({
  promptTokenCount: count,
  candidatesTokenCount: count,
  totalTokenCount: count,
  cachedContentTokenCount: opt(count),
  thoughtsTokenCount: opt(count),
  toolUsePromptTokenCount: opt(count),
  trafficType: opt(fc.constant("ON_DEMAND")),
  promptTokensDetails: opt(
    count.map((
      tokenCount,
    ) => [{ modality: "TEXT", tokenCount }, { modality: "AUDIO", tokenCount }]),
  ),
});

const head = {
  usageMetadata: opt(usage),
  modelVersion: name,
  responseId: fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/),
  createTime: opt(fc.constant("2026-05-01T10:20:30.123456Z")),
};

/** Whole answers; a refused prompt has no candidates. */
export const answers: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 9,
    arbitrary: record({
      ...head,
      candidates: fc.array(candidate, { minLength: 1, maxLength: 3 }).map((list) =>
        list.map((each, index) => ({ ...each, index }))
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      ...head,
      promptFeedback: record({ blockReason: fc.constant("SAFETY"), blockReasonMessage: opt(text) }),
    }),
  },
);

const media = fc.oneof(
  picture.map(({ inlineData }): Json => ({ inlineData })),
  record({
    mimeType: opt(fc.constantFrom("video/mp4", "application/pdf")),
    fileUri: fc.webUrl({ validSchemes: ["https"] }),
  })
    .map((fileData): Json => ({ fileData })),
);

const spoken = fc.array(fc.oneof(text.map((text): Json => ({ text })), media), {
  minLength: 1,
  maxLength: 3,
});

const result = fc.oneof(
  data,
  text.map((result): Json => ({ result })),
  text.map((error): Json => ({ error })),
);

/** A turn of the model with the results of its calls, and what the user says after them. */
const exchange = fc.tuple(
  fc.array(fc.oneof(said, thought, call, picture, code), { minLength: 1, maxLength: 4 }),
  fc.array(result, { minLength: 4, maxLength: 4 }),
  spoken,
);

const contents = fc.tuple(spoken, fc.array(exchange, { maxLength: 3 })).map(([first, rest]) => [
  { role: "user", parts: first },
  ...rest.flatMap(([answer, results, next], at) => {
    const parts = withIds(answer, `id${at}x`);
    const calls = parts.flatMap((part) =>
      "functionCall" in part ? [part.functionCall as Json] : []
    );
    const responses = calls.map(({ id, name }, n) => ({
      functionResponse: { ...(id !== undefined && { id }), name, response: results[n] },
    }));
    return [{ role: "model", parts }, { role: "user", parts: [...responses, ...next] }];
  }),
]);

const properties = fc.dictionary(
  name,
  fc.constantFrom<Json>({ type: "string" }, { type: "integer", minimum: 1 }, {
    type: "array",
    items: { type: "string" },
  }),
  { minKeys: 1, maxKeys: 2, noNullPrototype: true },
);
const jsonSchema = properties.map((properties): Json => ({
  type: "object",
  properties,
  required: Object.keys(properties),
}));
const openapiSchema = name.map((key): Json => ({
  type: "OBJECT",
  properties: { [key]: { type: "STRING", nullable: true, maxLength: "3" } },
}));

const declared = fc.oneof(
  record({ name, description: opt(text), parametersJsonSchema: opt(jsonSchema) }),
  record({ name, parameters: openapiSchema }),
);

const tools = fc.tuple(
  fc.array(declared, { minLength: 1, maxLength: 3 }),
  fc.boolean(),
  fc.constantFrom<Json | undefined>(
    undefined,
    { mode: "AUTO" },
    { mode: "NONE" },
    { mode: "ANY" },
    { mode: "VALIDATED" },
    { mode: "ANY", allowedFunctionNames: ["one"] },
    { mode: "ANY", allowedFunctionNames: ["one", "two"] },
  ),
).map(([functionDeclarations, search, functionCallingConfig]): Json => ({
  tools: [{ functionDeclarations }, ...(search ? [{ googleSearch: {} }] : [])],
  ...(functionCallingConfig && { toolConfig: { functionCallingConfig } }),
}));

const format = fc.oneof(
  fc.constant<Json>({}),
  fc.constant<Json>({ responseMimeType: "text/plain" }),
  fc.constant<Json>({ responseMimeType: "application/json" }),
  jsonSchema.map((responseJsonSchema): Json => ({
    responseMimeType: "application/json",
    responseJsonSchema,
  })),
  openapiSchema.map((responseSchema): Json => ({
    responseMimeType: "application/json",
    responseSchema,
  })),
);

const config = fc.tuple(
  record({
    maxOutputTokens: opt(count),
    temperature: opt(fc.constantFrom(0, 0.7, 2)),
    topP: opt(fc.constantFrom(0.1, 1)),
    topK: opt(fc.nat(40)),
    stopSequences: opt(fc.array(text, { minLength: 1, maxLength: 5 })),
    seed: opt(count),
    frequencyPenalty: opt(fc.constantFrom(-2, 0.5)),
    presencePenalty: opt(fc.constantFrom(-2, 0.5)),
    candidateCount: opt(fc.integer({ min: 1, max: 8 })),
    thinkingConfig: opt(fc.constantFrom(
      { thinkingBudget: -1 },
      { thinkingBudget: 5000, includeThoughts: true },
      { thinkingLevel: "LOW" },
    )),
  }),
  format,
  fc.constantFrom<Json>({}, { responseLogprobs: true }, { responseLogprobs: true, logprobs: 3 }),
).map(([settings, format, logprobs]): Json => ({ ...settings, ...format, ...logprobs }));

/** Bodies of requests. */
export const requests: fc.Arbitrary<Json> = fc.tuple(
  record({
    contents,
    systemInstruction: opt(
      fc.array(text.map((text) => ({ text })), { minLength: 1, maxLength: 2 })
        .map((parts) => ({ parts })),
    ),
    safetySettings: opt(fc.constant([{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "OFF" }])),
    serviceTier: opt(fc.constant("flex")),
  }),
  fc.oneof(fc.constant<Json>({}), tools),
  config,
).map(([body, tools, generationConfig]): Json => ({
  ...body,
  ...tools,
  ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
}));

/** The pieces in which Google might stream an answer: a part at a time, and texts in two. */
export function piecesOf(answer: Json, cut: number): Json[] {
  const { candidates, usageMetadata, ...rest } = answer as { candidates?: Json[] } & Json;
  const pieces: Json[] = (candidates ?? []).flatMap(({ content, ...candidate }) => {
    const { index, ...last } = candidate;
    const parts = (content as { parts: Json[] }).parts.flatMap((part) => halves(part, cut));
    return [
      ...parts.map((part) => ({
        ...rest,
        candidates: [{ content: { role: "model", parts: [part] }, index }],
      })),
      {
        ...rest,
        candidates: [{ content: { role: "model", parts: [{ text: "" }] }, index, ...last }],
      },
    ];
  });
  return [...pieces, { ...rest, ...(usageMetadata !== undefined && { usageMetadata }) }];
}

function halves(part: Json, cut: number): Json[] {
  if (typeof part.text !== "string") return [part];
  const { thoughtSignature: _, ...unsigned } = part;
  // A signature may come in an event of its own, with no text.
  return [{ ...unsigned, text: part.text.slice(0, cut) }, { ...part, text: part.text.slice(cut) }];
}
