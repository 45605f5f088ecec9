/** Claude at Anthropic, and the same on Google's platform. https://platform.claude.com/docs/en/api/messages */
import {
  claudeFault,
  type ClaudeTurn,
  hiddenAfter,
  retellClaude,
  signatureOf,
  textsOf,
} from "./claude_rules.ts";
import type { Asked, Fault, Json, Native, Spoken, Turn } from "./native.ts";
import { first, GREETING, json, objects, shreds, words } from "./words.ts";

const refused = (message: string): Fault => ({
  status: 400,
  type: "invalid_request_error",
  message,
});

const turnsOf = ({ messages }: Json): ClaudeTurn[] =>
  objects(messages).map(({ role, content }) => ({
    role: String(role),
    content: typeof content === "string" ? [{ type: "text", text: content }] : objects(content),
  }));

const isThinking = ({ thinking }: Json): boolean =>
  ["enabled", "adaptive"].includes(String((thinking as Json | undefined)?.type));

const MEMBERS =
  "model messages max_tokens system stream tools tool_choice thinking temperature top_k top_p " +
  "stop_sequences metadata service_tier output_config cache_control";

function bodyFault(body: Json, members: string): Fault | undefined {
  const stranger = Object.keys(body).find((name) => !members.split(" ").includes(name));
  if (stranger !== undefined) return refused(`${stranger}: Extra inputs are not permitted`);
  if (!Number.isInteger(body.max_tokens)) return refused("max_tokens: Field required");
  const { budget_tokens: budget } = (body.thinking ?? {}) as Json;
  if (budget !== undefined && Number(budget) < 1024) {
    return refused("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  }
  if (budget !== undefined && Number(budget) >= Number(body.max_tokens)) {
    return refused("`max_tokens` must be greater than `thinking.budget_tokens`");
  }
  if (isThinking(body) && (body.temperature ?? 1) !== 1) {
    return refused("`temperature` may only be set to 1 when thinking is enabled");
  }
  const choice = String((body.tool_choice as Json | undefined)?.type);
  if (isThinking(body) && ["any", "tool"].includes(choice)) {
    return refused("Thinking may not be enabled when tool_choice forces tool use.");
  }
  return undefined;
}

function blocksOf(turn: Turn, body: Json, serial: number): Json[] {
  const { thought, text, calls } = turn;
  const thinking = thought !== undefined && isThinking(body);
  return [
    ...(thinking
      ? [
        { type: "thinking", thinking: thought, signature: signatureOf(thought) },
        { type: "redacted_thinking", data: hiddenAfter(thought) },
      ]
      : []),
    ...(text === undefined && calls !== undefined
      ? []
      : [{ type: "text", text: text ?? GREETING }]),
    ...(calls ?? []).map(({ name, args: input }, at) => ({
      type: "tool_use",
      id: `toolu_01${"Harbour".repeat(2)}${serial}x${at}`,
      name,
      input,
    })),
  ];
}

const usage = {
  input_tokens: 20,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 4,
  output_tokens: 1,
};

const answer = ({ body }: Asked, content: Json[], serial: number, stop: string | null): Json => ({
  id: `msg_01Harbour${serial}`,
  type: "message",
  role: "assistant",
  model: body.model ?? "claude-sonnet-4-5-20250929",
  content,
  stop_reason: stop,
  stop_sequence: null,
  usage,
});

/** Deltas that fill a block which began empty. */
function filling(block: Json): { empty: Json; deltas: Json[] } {
  switch (block.type) {
    case "thinking":
      return {
        empty: { type: "thinking", thinking: "", signature: "" },
        deltas: [
          ...words(String(block.thinking)).map((thinking) => ({
            type: "thinking_delta",
            thinking,
          })),
          { type: "signature_delta", signature: block.signature },
        ],
      };
    case "text":
      return {
        empty: { type: "text", text: "" },
        deltas: words(String(block.text)).map((text) => ({ type: "text_delta", text })),
      };
    case "tool_use": {
      // A call without arguments has no piece but an empty one.
      const text = Object.keys(block.input as Json).length === 0 ? "" : JSON.stringify(block.input);
      const deltas = ["", ...shreds(text)].map((partial_json) => ({
        type: "input_json_delta",
        partial_json,
      }));
      return { empty: { ...block, input: {} }, deltas };
    }
    default:
      return { empty: block, deltas: [] };
  }
}

function streamed(asked: Asked, blocks: Json[], serial: number, stop: string): Spoken {
  const events: Json[] = [
    { type: "message_start", message: answer(asked, [], serial, null) },
    { type: "ping" },
    ...blocks.flatMap((block, index) => {
      const { empty, deltas } = filling(block);
      return [
        { type: "content_block_start", index, content_block: empty },
        ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
        { type: "content_block_stop", index },
      ];
    }),
    {
      type: "message_delta",
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { output_tokens: 33 },
    },
    { type: "message_stop" },
  ];
  return {
    status: 200,
    type: "text/event-stream; charset=utf-8",
    pieces: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  };
}

/** What is the same wherever Claude is served in its own protocol. */
const claude: Pick<Native, "thinks" | "signs" | "refuse" | "speak" | "retell"> = {
  thinks: true,
  signs: "claude",
  refuse: ({ status, message, type = "invalid_request_error" }) =>
    json(status, { type: "error", error: { type, message }, request_id: "req_011Harbour" }),
  speak(turn, asked, serial) {
    const blocks = blocksOf(turn, asked.body, serial);
    const stop = turn.calls ? "tool_use" : "end_turn";
    if (asked.body.stream === true) return streamed(asked, blocks, serial, stop);
    return json(200, {
      ...answer(asked, blocks, serial, stop),
      usage: { ...usage, output_tokens: 33 },
    });
  },
  retell: (body) => retellClaude(turnsOf(body), ({ content }) => textsOf(content)),
};

const judged = (body: Json, members: string) =>
  first(
    () => bodyFault(body, members),
    () => claudeFault(turnsOf(body), isThinking(body), refused),
  );

export const anthropic: Native = {
  name: "anthropic",
  slug: "anthropic",
  model: "anthropic/claude-sonnet-4-5-20250929",
  key: "sk-ant-api03-harbour",
  base: "/v1",
  ...claude,
  judge({ path, headers, body }) {
    if (path !== "/v1/messages") {
      return { status: 404, type: "not_found_error", message: "Not found" };
    }
    if (headers["x-api-key"] !== anthropic.key) {
      return { status: 401, type: "authentication_error", message: "invalid x-api-key" };
    }
    if (headers["anthropic-version"] === undefined) {
      return refused("anthropic-version: header is required");
    }
    if (body.model !== "claude-sonnet-4-5-20250929") {
      return { status: 404, type: "not_found_error", message: `model: ${body.model}` };
    }
    return judged(body, MEMBERS);
  },
};

const ON_VERTEX = "/v1/projects/harbour/locations/us-east5";
const VERTEX_PATH = new RegExp(
  `^${ON_VERTEX}/publishers/anthropic/models/claude-sonnet-4-5(@|%40)20250929:(rawPredict|streamRawPredict)$`,
);

export const vertexClaude: Native = {
  name: "vertex-claude",
  slug: "google-vertex-ai",
  model: "google-vertex-ai/anthropic/claude-sonnet-4-5@20250929",
  key: "ya29.harbour",
  base: ON_VERTEX,
  ...claude,
  judge({ path, headers, body }) {
    const verb = VERTEX_PATH.exec(path)?.[2];
    if (verb === undefined) return { status: 404, type: "not_found_error", message: "Not found" };
    if (headers.authorization !== `Bearer ${vertexClaude.key}`) {
      return { status: 401, type: "authentication_error", message: "invalid credentials" };
    }
    if ((verb === "streamRawPredict") !== (body.stream === true)) {
      return refused("stream: not for this method");
    }
    if (body.anthropic_version !== "vertex-2023-10-16") {
      return refused("anthropic_version: Field required");
    }
    return judged(body, MEMBERS.replace("model ", "anthropic_version "));
  },
};
