/** Requests each provider refuses: what is wrong, the body, the status, and a word of the refusal. */
import {
  called,
  closed,
  developer,
  format,
  orphan,
  parts,
  type Refused,
  result,
  tools,
  user,
} from "./bodies.ts";
import { REFUSED_BY_WHITELISTS } from "./refused_whitelists.ts";

export const REFUSED: Record<string, Refused[]> = {
  ...REFUSED_BY_WHITELISTS,
  "perplexity-ai": [
    ["tools", { tools }, 400, "Tool"],
    ["two users in a row", { messages: [user, user] }, 400, "alternate"],
    [
      "an assistant who begins",
      { messages: [{ role: "assistant", content: "x" }, user] },
      400,
      "alternate",
    ],
    [
      "a late instruction",
      { messages: [user, { role: "system", content: "x" }] },
      400,
      "alternate",
    ],
    [
      "the assistant's last word",
      { messages: [user, { role: "assistant", content: "x" }] },
      400,
      "Last",
    ],
    ["plain JSON", { response_format: { type: "json_object" } }, 400, "json_schema"],
    ["a schema's odd name", format(closed, { name: "a b" }), 400, "json_schema"],
    ["a developer", developer, 400, "developer"],
    [
      "a place of OpenAI's",
      {
        web_search_options: { user_location: { type: "approximate", approximate: {} } },
      },
      400,
      "user_location",
    ],
  ],
  grok: [
    ["stops", { stop: ["x"] }, 400, "Argument not supported on this model: stop"],
    ["a penalty", { presence_penalty: 0 }, 400, "presence_penalty"],
    ["an effort", { reasoning_effort: "high" }, 400, "reasoningEffort"],
    [
      "a middling effort",
      { model: "grok-3-mini", reasoning_effort: "medium" },
      400,
      "reasoningEffort",
    ],
    ["live search", { search_parameters: {} }, 410, "gone"],
    ["a foreign tier", { service_tier: "auto" }, 422, "service_tier"],
    ["a name", { messages: [{ ...user, name: "Ada" }] }, 400, "name"],
    ["a bounded text", format({ type: "string", maxLength: 3 }), 400, "maxLength"],
  ],
  deepseek: [
    ["a schema", format(closed), 400, "response_format"],
    ["JSON nobody asked for in words", { response_format: { type: "json_object" } }, 400, "json"],
    ["a developer", developer, 400, "unknown variant `developer`"],
    ["parts", { messages: [{ role: "user", content: parts }] }, 400, "invalid type: sequence"],
    [
      "an assistant who says nothing",
      { messages: [user, { role: "assistant", content: null }, user] },
      400,
      "content",
    ],
    [
      "forgotten thoughts",
      { messages: [user, called("a"), result("a")] },
      400,
      "reasoning_content",
    ],
    ["two choices", { n: 2 }, 400, "n = 1"],
    [
      "a forced tool",
      { model: "deepseek-reasoner", tools, tool_choice: "required" },
      400,
      "tool_choice",
    ],
    ["another kind of tool", { tools: [{ type: "custom" }] }, 400, "function"],
  ],
  baseten: [
    ["two choices", { n: 2 }, 400, "n is 1"],
    ["a schema without a name", format(closed, {}), 400, "name"],
    ["a result of nothing", orphan, 400, "Tool"],
  ],
  parallel: [
    ["a developer", developer, 422, "role"],
    ["results", { messages: [user, called("a"), result("a")] }, 422, "role"],
    ["parts", { messages: [{ role: "user", content: parts }] }, 422, "string"],
  ],
  "workers-ai": [
    [
      "an assistant of nothing",
      {
        messages: [user, { ...called("a"), content: null }, result("a")],
      },
      400,
      "5006",
    ],
    [
      "an image elsewhere",
      {
        messages: [{
          role: "user",
          content: [{ type: "image_url", image_url: { url: "https://a.example/b.png" } }],
        }],
      },
      400,
      "5004",
    ],
    ["a wrapped schema", format(closed), 400, "5024"],
    ["streamed JSON", { response_format: { type: "json_object" }, stream: true }, 400, "5024"],
    [
      "tools for a model without",
      { model: "@cf/llava-hf/llava-1.5-7b-hf", tools },
      400,
      "function",
    ],
  ],
  openrouter: [["a result of nothing", orphan, 400, "Tool"]],
  together: [
    ["log probabilities by truth", { logprobs: true }, 422, "logprobs"],
    ["their number", { logprobs: 2, top_logprobs: 2 }, 422, "top_logprobs"],
    ["one stop", { stop: "x" }, 422, "stop"],
    ["a system in parts", { messages: [{ role: "system", content: parts }, user] }, 422, "string"],
    [
      "a result in parts",
      {
        messages: [user, called("a"), { ...result("a"), content: parts }],
      },
      422,
      "string",
    ],
  ],
  fireworks: [
    ["a great effort", { reasoning_effort: "xhigh" }, 400, "reasoning_effort"],
    [
      "two ways to think",
      { reasoning_effort: "low", thinking: { type: "enabled" } },
      400,
      "exclude",
    ],
  ],
  huggingface: [["a schema without a name", format(closed, {}), 422, "name"]],
};
