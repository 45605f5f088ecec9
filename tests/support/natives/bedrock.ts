/** Claude in Amazon's own protocol. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html */
import { encodeAwsMessage } from "../../../lib/stream/aws_event_stream.ts";
import {
  claudeFault,
  type ClaudeTurn,
  hiddenAfter,
  retellClaude,
  signatureOf,
  textsOf,
} from "./claude_rules.ts";
import type { Fault, Json, Native, Spoken, Turn } from "./native.ts";
import { first, GREETING, json, objects, shreds, words } from "./words.ts";

const refused = (message: string): Fault => ({ status: 400, type: "ValidationException", message });

const memberOf = (value: unknown, ...names: string[]): unknown =>
  names.reduce<unknown>((inner, name) => (inner as Json | undefined)?.[name], value);

/** The same blocks under Anthropic's names, since it is the same model that looks at them. */
function asClaude(block: Json): Json {
  if (block.text !== undefined) return { type: "text", text: block.text };
  const { toolUse, toolResult, reasoningContent } = block as Record<string, Json | undefined>;
  if (toolUse) {
    return { type: "tool_use", id: toolUse.toolUseId, name: toolUse.name, input: toolUse.input };
  }
  if (toolResult) {
    return { type: "tool_result", tool_use_id: toolResult.toolUseId, content: toolResult.content };
  }
  if (reasoningContent?.redactedContent !== undefined) {
    return { type: "redacted_thinking", data: reasoningContent.redactedContent };
  }
  const { text, signature } = (reasoningContent?.reasoningText ?? {}) as Json;
  return { type: "thinking", thinking: text, signature };
}

const turnsOf = ({ messages }: Json): ClaudeTurn[] =>
  objects(messages).map(({ role, content }) => ({
    role: String(role),
    content: objects(content).map(asClaude),
  }));

const isThinking = (body: Json) =>
  ["enabled", "adaptive"].includes(
    String(memberOf(body, "additionalModelRequestFields", "thinking", "type")),
  );

function bodyFault(body: Json): Fault | undefined {
  const tools = turnsOf(body).some(({ content }) =>
    content.some(({ type }) => /^tool_/.test(String(type)))
  );
  if (tools && body.toolConfig === undefined) {
    return refused(
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    );
  }
  const budget = Number(
    memberOf(body, "additionalModelRequestFields", "thinking", "budget_tokens") ?? 0,
  );
  const most = memberOf(body, "inferenceConfig", "maxTokens");
  if (most !== undefined && budget >= Number(most)) {
    return refused("`max_tokens` must be greater than `thinking.budget_tokens`");
  }
  const choice = memberOf(body, "toolConfig", "toolChoice") as Json | undefined;
  if (isThinking(body) && (choice?.any !== undefined || choice?.tool !== undefined)) {
    return refused("Thinking may not be enabled when tool_choice forces tool use.");
  }
  return undefined;
}

function blocksOf({ thought, text, calls }: Turn, body: Json, serial: number): Json[] {
  const thinking = thought !== undefined && isThinking(body);
  return [
    ...(thinking
      ? [
        { reasoningContent: { reasoningText: { text: thought, signature: signatureOf(thought) } } },
        { reasoningContent: { redactedContent: hiddenAfter(thought) } },
      ]
      : []),
    ...(text === undefined && calls !== undefined ? [] : [{ text: text ?? GREETING }]),
    ...(calls ?? []).map(({ name, args: input }, at) => ({
      toolUse: { toolUseId: `tooluse_Harbour_${serial}-${at}`, name, input },
    })),
  ];
}

const usage = { inputTokens: 16, outputTokens: 33, totalTokens: 53, cacheReadInputTokens: 4 };

type Frame = [type: string, body: Json];

function framesOf(block: Json, contentBlockIndex: number): Frame[] {
  const delta = (delta: Json): Frame => ["contentBlockDelta", { contentBlockIndex, delta }];
  const stop: Frame = ["contentBlockStop", { contentBlockIndex }];
  if (block.text !== undefined) {
    return [...words(String(block.text)).map((text) => delta({ text })), stop];
  }
  if (block.toolUse !== undefined) {
    const { input, ...start } = block.toolUse as Json;
    const text = Object.keys(input as Json).length === 0 ? "" : JSON.stringify(input);
    return [
      ["contentBlockStart", { contentBlockIndex, start: { toolUse: start } }],
      ...shreds(text).map((input) => delta({ toolUse: { input } })),
      stop,
    ];
  }
  const { reasoningText, redactedContent } = block.reasoningContent as Json;
  if (redactedContent !== undefined) {
    return [delta({ reasoningContent: { redactedContent } }), stop];
  }
  const { text, signature } = reasoningText as Json;
  return [
    ...words(String(text)).map((text) => delta({ reasoningContent: { text } })),
    delta({ reasoningContent: { signature } }),
    stop,
  ];
}

function streamed(blocks: Json[], stopReason: string): Spoken {
  const frames: Frame[] = [
    ["messageStart", { role: "assistant" }],
    ...blocks.flatMap(framesOf),
    ["messageStop", { stopReason }],
    ["metadata", { usage, metrics: { latencyMs: 7 } }],
  ];
  return {
    status: 200,
    type: "application/vnd.amazon.eventstream",
    pieces: frames.map(([type, body]) =>
      encodeAwsMessage(
        { ":event-type": type, ":message-type": "event", ":content-type": "application/json" },
        JSON.stringify({ ...body, p: "abcdefgh" }),
      )
    ),
  };
}

const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

export const bedrock: Native = {
  name: "aws-bedrock",
  slug: "aws-bedrock",
  model: `aws-bedrock/${MODEL}`,
  key: "bedrock-api-key-harbour",
  base: "",
  thinks: true,
  signs: "claude",
  judge({ path, headers, body }) {
    const model = /^\/model\/([^/]+)\/converse(-stream)?$/.exec(path)?.[1];
    if (model === undefined) {
      return { status: 404, type: "UnknownOperationException", message: "Unknown" };
    }
    if (headers.authorization !== `Bearer ${bedrock.key}`) {
      return { status: 403, type: "AccessDeniedException", message: "Authentication failed" };
    }
    if (decodeURIComponent(model) !== MODEL) {
      return refused("The provided model identifier is invalid.");
    }
    return first(
      () => bodyFault(body),
      () => claudeFault(turnsOf(body), isThinking(body), refused),
    );
  },
  refuse: ({ status, message, type = "ValidationException" }) =>
    json(status, { message }, { "x-amzn-errortype": type, "x-amzn-requestid": "0000-harbour" }),
  speak(turn, { path, body }, serial) {
    const content = blocksOf(turn, body, serial);
    const stopReason = turn.calls ? "tool_use" : "end_turn";
    if (path.endsWith("-stream")) return streamed(content, stopReason);
    return json(200, {
      output: { message: { role: "assistant", content } },
      stopReason,
      usage,
      metrics: { latencyMs: 7 },
    });
  },
  retell: (body) => retellClaude(turnsOf(body), ({ content }) => textsOf(content)),
};
