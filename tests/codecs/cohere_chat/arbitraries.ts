/** Requests and answers as this protocol can say them. */
import fc from "fast-check";
import type { ChatRequest, Extensions, Message, Part } from "../../../lib/chat/request.ts";
import type { ChatResponse, Usage } from "../../../lib/chat/response.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";

export const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constant("[DONE]\n\n"),
);
export const words = text.filter((value) => value !== "");
export const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,20}$/);
const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const count = fc.nat(1_000_000);
const ext = (values: object): { extensions: Extensions } => ({
  extensions: { cohere_chat: values as Record<string, unknown> },
});

export const jsonObject = fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean()), {
  maxKeys: 3,
  noNullPrototype: true,
});

export function opt<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

/** Leaves out what is undefined, as codecs do. */
export function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

export const calls = fc.array(fc.record({ name, input: jsonObject }), { maxLength: 3 }).map((
  list,
) =>
  list.map((each, at): Part => ({
    type: "tool_call",
    id: `call_${at}x`,
    name: each.name,
    arguments: JSON.stringify(each.input),
    kind: "function",
  }))
);

const thought = words.map((content): Part => ({ type: "reasoning", content }));
const plan = words.map((content): Part => ({ type: "reasoning", content, ...ext({ plan: true }) }));

/** One text with what it rests on: several sources of one statement, or none that is known. */
const cited = fc.record({ content: words, uris: fc.array(fc.webUrl(), { maxLength: 3 }) }).map(
  ({ content, uris }): Part[] => {
    if (uris.length === 0) return [{ type: "text", content }];
    const sources = uris.map((url, at) => ({ type: "document", id: `d:${at}`, document: { url } }));
    const citation = {
      start: 0,
      end: content.length,
      text: content,
      sources,
      type: "TEXT_CONTENT",
    };
    const place = { start: 0, end: content.length };
    return [
      { type: "text", content },
      ...uris.map((uri, at): Part => ({
        type: "citation",
        uri,
        ...place,
        ...ext(at === 0 ? { citation } : { more: true }),
      })),
    ];
  },
);

const answerParts = fc.record({ thought: opt(thought), said: opt(cited), plan: opt(plan), calls })
  .map((each): Part[] => [
    ...(each.thought === undefined ? [] : [each.thought]),
    ...(each.said ?? []),
    ...(each.plan === undefined ? [] : [each.plan]),
    ...each.calls,
  ]);

const usage = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: opt(count),
  reasoningTokens: opt(count),
  billed: fc.boolean(),
}).map(({ billed, ...each }): Usage =>
  clean({
    ...each,
    totalTokens: each.inputTokens + each.outputTokens,
    ...(billed && { billed: { inputTokens: 1, outputTokens: 2 } }),
    ...(billed && ext({ billed_units: { search_units: 1 } })),
  })
);

const ENDINGS = [["stop"], ["stop", "STOP_SEQUENCE"], ["length"], ["content_filter"]] as const;

export const responses: fc.Arbitrary<ChatResponse> = fc.record({
  id: name,
  parts: answerParts,
  ending: fc.constantFrom(...ENDINGS),
  usage: opt(usage),
}).map(({ id, parts, ending: [reason, native], usage }) => {
  const called = parts.some((part) => part.type === "tool_call");
  const ended = called && reason === "stop" ? "tool_call" as const : reason;
  return clean({
    id,
    model: DEFAULTS.model,
    created: DEFAULTS.created,
    choices: [clean({
      index: 0,
      parts,
      finishReason: ended,
      nativeFinishReason: native,
    })],
    usage,
  });
});

const image = fc.record({ content: base64, detail: opt(fc.constant("low")) }).map((
  { content, detail },
): Part => ({
  type: "blob",
  modality: "image",
  mimeType: "image/png",
  content,
  ...(detail !== undefined && ext({ detail })),
}));
const address = fc.webUrl().map((uri): Part => ({ type: "uri", modality: "image", uri }));
const said = words.map((content): Part => ({ type: "text", content }));

const spoken = fc.oneof(
  said.map((part) => ({ parts: [part] })),
  said.map((part) => ({ parts: [part], ...ext({ list: true }) })),
  fc.tuple(said, fc.oneof(image, address)).map((parts) => ({ parts: parts as Part[] })),
);

const result = fc.record({
  texts: fc.array(words, { minLength: 1, maxLength: 2 }),
  data: opt(jsonObject),
})
  .map(({ texts, data }): Message => {
    const response = texts.map((content) => ({ type: "text" as const, content }));
    if (data !== undefined) {
      response.push(
        {
          type: "text",
          content: JSON.stringify(data),
          ...ext({ document: { data } }),
        } as typeof response[number],
      );
    }
    return {
      role: "tool",
      parts: [{ type: "tool_call_response", id: "call_0x", response }],
    };
  });

const assistant = fc.oneof(
  fc.tuple(opt(thought), said).map(([before, after]): Message => ({
    role: "assistant",
    parts: before === undefined ? [after] : [before, after],
  })),
  fc.tuple(opt(thought), opt(plan), calls.filter((list) => list.length > 0)).map(
    ([before, planned, list]): Message => ({
      role: "assistant",
      parts: [
        ...(before === undefined ? [] : [before]),
        ...(planned === undefined ? [] : [planned]),
        ...list,
      ],
    }),
  ),
);

const message: fc.Arbitrary<Message> = fc.oneof(
  said.map((part): Message => ({ role: "system", parts: [part] })),
  spoken.map((each): Message => ({ role: "user", ...each })),
  assistant,
  result,
);

const tool = fc.record({ name, description: opt(words), strict: fc.boolean() });
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const tools = fc.tuple(fc.array(tool, { minLength: 1, maxLength: 3 }), fc.boolean()).map(
  ([list, strict]) =>
    list.map((each) =>
      clean({ kind: "function" as const, ...each, parameters, strict: strict ? true : undefined })
    ),
);

const format = fc.constantFrom(
  { type: "json" as const },
  { type: "text" as const },
  { type: "json_schema" as const, name: "response", schema: parameters },
);

const part01 = fc.double({ min: 0.02, max: 0.98, noNaN: true });

export const requests: fc.Arbitrary<ChatRequest> = fc.record({
  model: name,
  messages: fc.array(message, { minLength: 1, maxLength: 6 }),
  stream: fc.boolean(),
  tools: opt(tools),
  required: fc.boolean(),
  outputFormat: opt(format),
  maxTokens: opt(count),
  temperature: opt(part01),
  topP: opt(part01),
  seed: opt(count),
  frequencyPenalty: opt(part01),
  stopSequences: opt(fc.array(words, { minLength: 1, maxLength: 5 })),
  logprobs: opt(fc.constant({})),
  more: opt(fc.constant({ safety_mode: "STRICT", citation_options: { mode: "FAST" } })),
}).map(({ required, more, tools, outputFormat, ...rest }) =>
  clean({
    ...rest,
    tools,
    toolChoice: tools !== undefined && required ? { type: "required" as const } : undefined,
    outputFormat: tools === undefined || outputFormat?.type === "text" ? outputFormat : undefined,
    ...(more !== undefined && ext(more)),
  })
);
