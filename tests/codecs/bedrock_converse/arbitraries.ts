/** Requests and answers as this protocol can say them. */
import fc from "fast-check";
import type { ChatRequest, Extensions, Message, Part } from "../../../lib/chat/request.ts";
import type { ChatResponse, Usage } from "../../../lib/chat/response.ts";
import { calls, clean, jsonObject, name, opt, words } from "../cohere_chat/arbitraries.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";

const base64 = fc.base64String({ minLength: 4, maxLength: 40 });
const count = fc.nat(1_000_000);
const ext = (values: object): { extensions: Extensions } => ({
  extensions: { bedrock_converse: values as Record<string, unknown> },
});

/** Text that is not blank, since blank text is refused. */
const said = words.filter((value) => value.trim() !== "").map((content): Part => ({
  type: "text",
  content,
}));

const thought: fc.Arbitrary<Part> = fc.oneof(
  words.map((content): Part => ({ type: "reasoning", content })),
  fc.record({ content: words, signature: base64 }).map((each): Part => ({
    type: "reasoning",
    ...each,
  })),
  base64.map((signature): Part => ({ type: "reasoning", content: "", signature })),
  base64.map((signature): Part => ({
    type: "reasoning",
    content: "",
    signature,
    redacted: true,
  })),
);

/** One text with the pages it rests on. */
const cited = fc.record({ text: said, uris: fc.array(fc.webUrl(), { maxLength: 2 }) }).map(
  ({ text, uris }): Part[] => {
    const end = text.type === "text" ? text.content.length : 0;
    const citations = uris.map((url): Part => ({
      type: "citation",
      uri: url,
      title: "page",
      start: 0,
      end,
      ...ext({ citation: { title: "page", location: { web: { url } } } }),
    }));
    return [text, ...citations];
  },
);

const serverTool = jsonObject.map((input): Part[] => {
  const toolUse = { toolUseId: "srv_1", name: "search", type: "server_tool_use", input };
  const toolResult = { toolUseId: "srv_1", content: [{ text: "found" }], status: "success" };
  return [
    { type: "opaque", extensions: { bedrock_converse: { block: { toolUse } } } },
    { type: "opaque", extensions: { bedrock_converse: { block: { toolResult } } } },
  ];
});

const picture = base64.map((content): Part => ({
  type: "blob",
  modality: "image",
  mimeType: "image/png",
  content,
}));

const answerParts = fc.tuple(
  fc.array(thought, { maxLength: 2 }),
  opt(serverTool),
  opt(cited),
  opt(picture),
  calls,
).map(([thoughts, server, text, image, called]): Part[] => [
  ...thoughts,
  ...(server ?? []),
  ...(text ?? []),
  ...(image === undefined ? [] : [image]),
  ...called,
]);

const usage = fc.record({
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: opt(fc.nat(1000)),
  cacheWriteTokens: opt(fc.nat(1000)),
  details: fc.boolean(),
}).map(({ details, ...each }): Usage => {
  const cached = (each.cacheReadTokens ?? 0) + (each.cacheWriteTokens ?? 0);
  const inputTokens = each.inputTokens + cached;
  return clean({
    ...each,
    inputTokens,
    totalTokens: inputTokens + each.outputTokens,
    ...(details && ext({ serverToolUsage: { requests: 1 } })),
  });
});

const ENDINGS = [
  ["stop"],
  ["stop", "stop_sequence"],
  ["length"],
  ["content_filter", "guardrail_intervened"],
  ["error", "malformed_tool_use"],
] as const;

export const responses: fc.Arbitrary<ChatResponse> = fc.record({
  parts: answerParts,
  ending: fc.constantFrom(...ENDINGS),
  usage,
  fields: opt(fc.constant({ stop_sequence: "END" })),
}).map(({ parts, ending: [reason, native], usage, fields }) => {
  const called = parts.some((part) => part.type === "tool_call");
  const ended = called && reason === "stop" ? "tool_call" as const : reason;
  return {
    ...DEFAULTS,
    choices: [clean({ index: 0, parts, finishReason: ended, nativeFinishReason: native })],
    usage,
    ...ext({
      metrics: { latencyMs: 0 },
      ...(fields !== undefined && { additionalModelResponseFields: fields }),
    }),
  };
});

const marked = said.map((part): Part => ({ ...part, ...ext({ cachePoint: { type: "default" } }) }));

const shown = fc.oneof(
  picture,
  fc.record({ content: base64, filename: name }).map(({ content, filename }): Part => ({
    type: "blob",
    modality: "document",
    mimeType: "application/pdf",
    content,
    filename: `${filename.replaceAll("_", "-")}x`,
  })),
  base64.map((key): Part => ({
    type: "uri",
    modality: "video",
    mimeType: "video/mp4",
    uri: `s3://bucket/${key.length}.mp4`,
  })),
);

const result = (id: string) =>
  fc.record({
    texts: fc.array(said, { maxLength: 2 }),
    data: opt(jsonObject),
    failed: fc.boolean(),
  })
    .map(({ texts, data, failed }): Part => ({
      type: "tool_call_response",
      id,
      response: [
        ...texts as { type: "text"; content: string }[],
        ...(data === undefined
          ? []
          : [{ type: "text" as const, content: JSON.stringify(data), ...ext({ json: data }) }]),
      ],
      ...(failed && { isError: true }),
    }));

/** A question, an answer, and perhaps a call with its result. */
const exchange = fc.record({
  asked: fc.tuple(fc.oneof(said, marked), opt(shown)),
  thought: opt(thought),
  answered: said,
  call: fc.record({ name, input: jsonObject }),
  result: result("call_1"),
  more: opt(said),
  uses: fc.boolean(),
}).map(({ asked: [words, file], thought, answered, call, result, more, uses }): Message[] => {
  const question: Message = {
    role: "user",
    parts: [words, ...(file === undefined ? [] : [file])],
  };
  const before = thought === undefined ? [] : [thought];
  if (!uses) return [question, { role: "assistant", parts: [...before, answered] }];
  const called: Part = {
    type: "tool_call",
    id: "call_1",
    name: call.name,
    arguments: JSON.stringify(call.input),
    kind: "function",
  };
  return [
    question,
    { role: "assistant", parts: [...before, answered, called] },
    more === undefined
      ? { role: "tool", parts: [result] }
      : { role: "user", parts: [result, more] },
    { role: "assistant", parts: [answered] },
  ];
});

const parameters = { type: "object", properties: { city: { type: "string" } } };
const tool = fc.record({ name, description: opt(said), strict: fc.boolean() }).map((each) =>
  clean({
    kind: "function" as const,
    name: each.name,
    description: each.description?.type === "text" ? each.description.content : undefined,
    parameters,
    strict: each.strict ? true : undefined,
  })
);

const schema = {
  type: "object",
  properties: { a: { type: "string" } },
  additionalProperties: false,
};
const part01 = fc.double({ min: 0, max: 1, noNaN: true });

export const requests: fc.Arbitrary<ChatRequest> = fc.record({
  model: fc.constantFrom("some.model-v1:0", "arn:aws:bedrock:us-east-1:1:inference-profile/x.y"),
  system: opt(said),
  exchange,
  last: said,
  stream: fc.boolean(),
  tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
  choice: fc.constantFrom(undefined, { type: "required" as const }),
  outputFormat: opt(fc.constant({ type: "json_schema" as const, name: "a", schema })),
  maxTokens: opt(count.map((value) => value + 1)),
  temperature: opt(part01),
  topP: opt(part01),
  stopSequences: opt(fc.array(words, { minLength: 1, maxLength: 4 })),
  metadata: opt(fc.constant({ team: "a b" })),
  more: opt(fc.constant({ performanceConfig: { latency: "optimized" } })),
}).map(({ system, exchange, last, choice, more, ...rest }) =>
  clean({
    ...rest,
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, parts: [system] }]),
      ...exchange,
      { role: "user" as const, parts: [last] },
    ],
    toolChoice: choice,
    ...(more !== undefined && ext(more)),
  })
);
