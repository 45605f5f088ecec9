/** The imitations are themselves tested: without a gateway, they refuse what the providers refuse, in their words. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import {
  aiStudio,
  anthropic,
  bedrock,
  cohere,
  deepseek,
  type Json,
  mistral,
  type Native,
  openai,
  vertex,
  vertexClaude,
} from "../../support/natives/mod.ts";
import { DUMMY } from "../../support/natives/gemini.ts";
import { hiddenAfter, signatureOf } from "../../support/natives/claude_rules.ts";
import { coast } from "./scene.ts";

type Refused = [what: string, body: Json, says: RegExp];

/** How one provider is asked without a gateway. */
interface Manner {
  native: Native;
  path: string;
  header: string;
  prefix?: string;
  body: Json;
  refused: Refused[];
}

const user = { role: "user", content: "Hello." };
const thinking = { type: "enabled", budget_tokens: 1024 };
const use = (id: string) => ({ type: "tool_use", id, name: "f", input: {} });
const result = (tool_use_id: string) => ({ type: "tool_result", tool_use_id, content: "1" });
const thought = { type: "thinking", thinking: "Hm.", signature: signatureOf("Hm.") };
const hidden = { type: "redacted_thinking", data: hiddenAfter("Hm.") };
const claude = (assistant: Json[], answer: Json[] = [result("a")]) => [
  user,
  { role: "assistant", content: assistant },
  { role: "user", content: answer },
];

const OF_CLAUDE: Refused[] = [
  ["a result too few", { messages: claude([use("a"), use("b")]) }, /without `tool_result`.*b/],
  [
    "a result too many",
    { messages: claude([use("a")], [result("a"), result("c")]) },
    /unexpected `tool_use_id`.*c/,
  ],
  ["words before results", {
    messages: claude([use("a")], [{ type: "text", text: "x" }, result("a")]),
  }, /must come first/],
  [
    "an id of another form",
    { messages: claude([use("a:1")], [result("a:1")]) },
    /should match pattern/,
  ],
  ["two turns of one speaker", { messages: [user, user] }, /alternate/],
  ["an assistant first", { messages: [{ role: "assistant", content: "x" }] }, /first message/],
  ["blank words", { messages: [{ role: "user", content: " " }] }, /non-whitespace/],
  ["no thought before calls", { thinking, messages: claude([use("a")]) }, /Expected `thinking`/],
  ["half of a thought", { thinking, messages: claude([thought, use("a")]) }, /cannot be modified/],
  [
    "a changed thought",
    { messages: claude([{ ...thought, thinking: "Ha." }, hidden, use("a")]) },
    /Invalid `signature`/,
  ],
  [
    "a foreign signature",
    { messages: claude([thought, { ...hidden, data: "eA==" }, use("a")]) },
    /Invalid `signature`/,
  ],
  ["a forced tool beside thinking", { thinking, tool_choice: { type: "any" } }, /Thinking may not/],
  ["a limit below the budget", { thinking, max_tokens: 1024 }, /greater than/],
  ["a stranger", { seed: 1 }, /Extra inputs/],
];

const model = (...parts: Json[]) => ({ role: "model", parts });
const said = { role: "user", parts: [{ text: "Hello." }] };
const called = (more: Json = {}) => ({ functionCall: { name: "f", args: {} }, ...more });
const answered = { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] };

const OF_GEMINI: Refused[] = [
  [
    "a call without a signature",
    { contents: [said, model(called()), answered] },
    /missing a thought_signature/,
  ],
  ["a signature of another's", {
    contents: [said, model(called({ thoughtSignature: "eA==" })), answered],
  }, /Corrupted/],
  ["a result too few", {
    contents: [said, model(called({ thoughtSignature: DUMMY }), called()), answered],
  }, /number of function response parts/],
  [
    "a call after nothing",
    { contents: [model(called({ thoughtSignature: DUMMY })), answered] },
    /comes immediately after/,
  ],
  ["a turn of nothing", { contents: [{ role: "user", parts: [] }] }, /at least one parts/],
  ["a third role", { contents: [{ role: "tool", parts: [{ text: "x" }] }] }, /valid role/],
];

const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
const calling = (...ids: string[]) => ({ role: "assistant", tool_calls: ids.map(call) });
const told = (tool_call_id: string) => ({ role: "tool", tool_call_id, content: "1" });

const MANNERS: Manner[] = [
  {
    native: anthropic,
    path: "/v1/messages",
    header: "x-api-key",
    body: { model: "claude-sonnet-4-5-20250929", max_tokens: 4096, messages: [user] },
    refused: OF_CLAUDE,
  },
  {
    native: vertexClaude,
    path: `${vertexClaude.base}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`,
    header: "authorization",
    prefix: "Bearer ",
    body: { anthropic_version: "vertex-2023-10-16", max_tokens: 4096, messages: [user] },
    refused: [...OF_CLAUDE, ["a model in the body", { model: "x" }, /Extra inputs/]],
  },
  {
    native: bedrock,
    path: "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse",
    header: "authorization",
    prefix: "Bearer ",
    body: { messages: [{ role: "user", content: [{ text: "Hello." }] }] },
    refused: [
      ["blank words", { messages: [{ role: "user", content: [{ text: "" }] }] }, /non-whitespace/],
      ["tools nobody declared", {
        messages: [
          { role: "user", content: [{ text: "x" }] },
          { role: "assistant", content: [{ toolUse: { toolUseId: "a", name: "f", input: {} } }] },
        ],
      }, /toolConfig field must be defined/],
    ],
  },
  {
    native: aiStudio,
    path: "/v1beta/models/gemini-3-pro-preview:generateContent",
    header: "x-goog-api-key",
    body: { contents: [said] },
    refused: OF_GEMINI,
  },
  {
    native: vertex,
    path: `${vertex.base}/publishers/google/models/gemini-3-pro-preview:generateContent`,
    header: "authorization",
    prefix: "Bearer ",
    body: { contents: [said] },
    refused: OF_GEMINI,
  },
  {
    native: cohere,
    path: "/v2/chat",
    header: "authorization",
    prefix: "Bearer ",
    body: { model: "command-a-reasoning-08-2025", stream: false, messages: [user] },
    refused: [
      [
        "a result too few",
        { messages: [user, calling("a", "b"), told("a")] },
        /missing tool results/,
      ],
      ["a result of no call", { messages: [user, told("a")] }, /no matching tool call/],
      ["words beside calls", {
        messages: [user, { ...calling("a"), content: "x" }, told("a")],
      }, /use tool_plan/],
    ],
  },
  {
    native: deepseek,
    path: "/chat/completions",
    header: "authorization",
    prefix: "Bearer ",
    body: { model: "deepseek-v4-flash", messages: [user] },
    refused: [
      ["a call without its thought", {
        messages: [user, { content: "", ...calling("a") }, told("a")],
      }, /reasoning_content/],
    ],
  },
  {
    native: mistral,
    path: "/v1/chat/completions",
    header: "authorization",
    prefix: "Bearer ",
    body: { model: mistral.model.slice("mistral/".length), messages: [user] },
    refused: [
      ["an id of another form", {
        messages: [user, { content: "", ...calling("call_1") }, { ...told("call_1"), name: "f" }],
      }, /call_1|id/],
    ],
  },
  {
    native: openai,
    path: "/v1/chat/completions",
    header: "authorization",
    prefix: "Bearer ",
    body: { model: "gpt-5-mini", messages: [user] },
    refused: [
      ["a thought in a message", {
        messages: [user, { role: "assistant", content: "x", reasoning_content: "y" }, user],
      }, /Additional properties/],
    ],
  },
];

async function ask(
  { native, path, header, prefix = "", body }: Manner,
  more: Json,
  key = native.key,
) {
  const response = await fetch(`${coast.url}/${native.name}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      [header]: prefix + key,
    },
    body: JSON.stringify({ ...body, ...more }),
  });
  return { status: response.status, text: await response.text() };
}

for (const manner of MANNERS) {
  const { native, refused } = manner;
  test(`${native.name}, imitated, is as strict as it says, and knows its key`, async () => {
    coast.visit(native);
    assertEquals((await ask(manner, {})).status, 200);
    for (const [what, body, says] of refused) {
      const { status, text } = await ask(manner, body);
      assertEquals(status, 400, `${what}: ${text}`);
      assert(says.test(text), `${what}: ${text}`);
    }
    assert([401, 403].includes((await ask(manner, {}, "other")).status));
  });
}
