/** OpenRouter: takes all of OpenAI's, comments while it waits, details every thought, repeats its finish with usage. */
import { type Accent, bearer, type Counting, type Fault, type Json } from "./accent.ts";
import { answeredCalls, schemaEnvelope } from "./rules.ts";
import { callInPieces, openaiUsage } from "./speech.ts";

const refused = (status: number, message: string): Fault => ({ status, message, code: status });

/** The last chunk says again that it is finished, and counts. */
const counting: Counting = (chunks, usage) => [
  ...chunks,
  { ...chunks.at(-1), usage: { ...usage, cost: 0.0007, is_byok: false } },
];

const detail = (text: string): Json => ({
  type: "reasoning.text",
  text,
  format: "anthropic-claude-v1",
  index: 0,
});

const HEAD = {
  id: "gen-1777319944-harbour",
  object: "chat.completion.chunk",
  created: 1_770_000_000,
  model: "anthropic/claude-4.5-haiku",
  provider: "Ferry",
};

export const openrouter: Accent = {
  slug: "openrouter",
  models: ["anthropic/claude-haiku-4.5", "google/gemini-3-flash"],
  key: "sk-or-v1-harbour1234567890",
  base: "/api/v1",
  paths: ["/api/v1/chat/completions"],
  opens: bearer,
  badKey: refused(401, "No auth credentials found"),
  unknownModel: (model) => refused(400, `${model} is not a valid model ID`),
  rules: [
    answeredCalls(refused(400, "Tool results do not match the tool calls")),
    schemaEnvelope(refused(400, "response_format.json_schema: Required")),
  ],
  envelope: ({ status, message, code = status }) => ({
    error: { code, message, metadata: { provider_name: "Ferry", raw: "…" } },
    user_id: "user_7",
  }),
  callIds: ["toolu_01Harbour7aaaaaaaa", "toolu_01Harbour7bbbbbbbb"],
  voice: {
    id: HEAD.id,
    frame: { provider: "Ferry" },
    choice: { native_finish_reason: null },
    message: { refusal: null },
    everyDelta: { role: "assistant", content: "" },
    thought: (reasoning) => ({ reasoning, reasoning_details: [detail(reasoning)] }),
    callDeltas: callInPieces,
    usage: openaiUsage,
    counting,
    prelude: ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n",
    broken: ({ message, code, status }) => {
      const error = { code: code ?? status, message };
      const choices = [{ index: 0, delta: { content: "" }, finish_reason: "error" }];
      return `data: ${JSON.stringify({ ...HEAD, error, choices })}\n\n`;
    },
  },
};
