/** Parameters of callers of OpenAI's dialect, in the words of each model's vendor. */
import { test } from "node:test";
import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { GatewayError } from "../../../lib/errors.ts";
import { awsBedrock } from "../../../lib/providers/aws_bedrock.ts";
import { CLAUDE, codec, type Json, NOVA, openai, sent, USER } from "./helpers.ts";

const TOOL = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const HISTORY = [
  ...USER,
  {
    role: "assistant",
    tool_calls: [{ id: "a", type: "function", function: { name: "weather", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "a", content: "sun" },
];
const OLD = "anthropic.claude-3-haiku-20240307-v1:0";
const NEWEST = "us.anthropic.claude-opus-4-7";

test("the model stands in the path, with every character that would mean something else encoded", () => {
  const profile =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-x-v1:0";
  assertEquals(sent({}, profile).path, `/model/${encodeURIComponent(profile)}/converse`);
  assertEquals(
    sent({ stream: true }, NOVA).path,
    "/model/us.amazon.nova-pro-v1%3A0/converse-stream",
  );
  assertFalse(sent({}, "../../files?x#y").path.includes("/../"));
  for (const model of ["", ".", ".."]) {
    assertEquals(assertThrows(() => sent({}, model), GatewayError).param, "model");
  }
});

test("tools stay where the conversation has calls, also when none may be called or none are given", () => {
  const none = sent({ messages: HISTORY, tools: [TOOL], tool_choice: "none" });
  assertEquals(none.body.toolConfig.tools.length, 1);
  assertFalse("toolChoice" in none.body.toolConfig);
  assert(none.body.system.at(-1).text.includes("without calling"));
  assertEquals(none.warnings, ["emulated tool_choice"]);
  const bare = sent({ messages: HISTORY });
  assertEquals(bare.body.toolConfig.tools[0].toolSpec.name, "weather");
  assertEquals(bare.warnings, ["emulated tools"]);
  assertFalse("toolConfig" in sent({ tools: [TOOL], tool_choice: "none" }).body);
});

test("the choice of a tool goes to models that can be made to call, elsewhere it is dropped", () => {
  const choice = (tool_choice: unknown, model?: string) =>
    sent({ tools: [TOOL], tool_choice }, model).body.toolConfig.toolChoice;
  assertEquals(choice("auto"), undefined);
  assertEquals(choice("required"), { any: {} });
  assertEquals(choice({ type: "function", function: { name: "weather" } }), {
    tool: { name: "weather" },
  });
  assertEquals(choice("required", "meta.llama3-8b-instruct-v1:0"), undefined);
});

test("a description is there or not, never empty, and a schema is always an object's", () => {
  const tool = (called: Json) =>
    sent({ tools: [{ type: "function", function: { name: "t", ...called } }] }).body.toolConfig
      .tools[0].toolSpec;
  assertEquals(tool({ description: "" }), {
    name: "t",
    inputSchema: { json: { type: "object", properties: {} } },
  });
  assertEquals(tool({ description: "d", parameters: {} }).inputSchema.json.type, "object");
});

test("names of tools that Bedrock refuses are written so that they can be read back", () => {
  const [{ toolSpec }] = sent({
    tools: [{ type: "function", function: { name: "a.b", parameters: { type: "object" } } }],
  }).body.toolConfig.tools;
  assert(/^[A-Za-z0-9_-]{1,64}$/.test(toolSpec.name));
  const answer = {
    output: {
      message: {
        role: "assistant",
        content: [{ toolUse: { toolUseId: "x", name: toolSpec.name, input: {} } }],
      },
    },
    stopReason: "tool_use",
  };
  const { choices } = codec.decodeResponse(JSON.stringify(answer), {
    id: "i",
    model: CLAUDE,
    created: 1,
  });
  const [part] = choices[0]!.parts;
  assert(part?.type === "tool_call" && part.name === "a.b");
});

test("one call at a time is Claude's own word, where nothing else is said about the choice", () => {
  const off = { tools: [TOOL], parallel_tool_calls: false };
  assertEquals(sent(off).body.additionalModelRequestFields, {
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  });
  assertEquals(sent({ ...off, tool_choice: "required" }).warnings, ["dropped parallel_tool_calls"]);
  assertEquals(sent(off, NOVA).warnings, ["dropped parallel_tool_calls"]);
});

const SCHEMA = { type: "object", properties: { age: { type: "integer", minimum: 0 } } };
const FORMAT = { type: "json_schema", json_schema: { name: "person", schema: SCHEMA } };

test("a schema for the answer stands as text in outputConfig, reduced, where the model keeps to it", () => {
  const { body, warnings } = sent({ response_format: FORMAT });
  const { textFormat } = body.outputConfig;
  assertEquals(textFormat.type, "json_schema");
  const { name, schema } = textFormat.structure.jsonSchema;
  assertEquals([name, JSON.parse(schema)], ["person", {
    type: "object",
    properties: { age: { type: "integer", description: "minimum: 0" } },
    additionalProperties: false,
  }]);
  assertEquals(warnings, ["emulated response_format.json_schema"]);
});

test("other models are told to write JSON, and all are where there is no schema", () => {
  for (
    const [model, format] of [[OLD, FORMAT], [NOVA, FORMAT], [CLAUDE, {
      type: "json_object",
    }]] as const
  ) {
    const { body, warnings } = sent({ response_format: format }, model);
    assertFalse("outputConfig" in body);
    assert(body.system[0].text.includes("JSON"));
    assertEquals(warnings, ["emulated response_format"]);
  }
});

test("which models keep to a schema is data that an operator's rule overrides", () => {
  const rules = [{ match: "nova-pro", jsonSchema: true }];
  const request = openai.decodeRequest({ model: "any", messages: USER, response_format: FORMAT });
  const { body } = codec.withModelRules!(rules).encodeRequest(request, {
    model: NOVA,
    stream: false,
  });
  assert("outputConfig" in JSON.parse(body));
});

test("effort becomes what each vendor's models take", () => {
  const fields = (reasoning_effort: string, model: string) =>
    sent({ reasoning_effort }, model).body.additionalModelRequestFields;
  assertEquals(fields("low", CLAUDE), { thinking: { type: "enabled", budget_tokens: 2048 } });
  assertEquals(fields("xhigh", NEWEST), {
    thinking: { type: "adaptive", display: "summarized" },
    output_config: { effort: "xhigh" },
  });
  assertEquals(fields("none", NEWEST), { thinking: { type: "disabled" } });
  assertEquals(fields("minimal", "openai.gpt-oss-120b-1:0"), { reasoning_effort: "low" });
  assertEquals(fields("medium", "us.amazon.nova-2-lite-v1:0"), {
    reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" },
  });
  assertEquals(sent({ reasoning_effort: "low" }, OLD).warnings, ["dropped reasoning_effort"]);
});

test("a budget comes on top of the limit, and leaves no choice of samples or tools", () => {
  const { body, warnings } = sent({
    reasoning_effort: "low",
    max_tokens: 100,
    temperature: 0.5,
    tools: [TOOL],
    tool_choice: "required",
  });
  assertEquals(body.inferenceConfig, { maxTokens: 2148 });
  assertFalse("toolChoice" in body.toolConfig);
  assertEquals(warnings, ["dropped tool_choice", "dropped temperature"]);
});

test("without its own thought before the calls, Claude is not told to think", () => {
  const { body, warnings } = sent({ messages: HISTORY, tools: [TOOL], reasoning_effort: "high" });
  assertFalse("additionalModelRequestFields" in body);
  assertEquals(warnings, ["dropped reasoning_effort"]);
  const thinking = { type: "enabled", budget_tokens: 2048 };
  const outright = sent({ messages: HISTORY, tools: [TOOL], thinking });
  assertEquals(outright.body.additionalModelRequestFields, undefined);
  assertEquals(outright.warnings, ["dropped thinking"]);
});

test("sampling goes into its range, as far as the model takes it", () => {
  const given = { temperature: 1.5, top_p: 0.5, stop: ["END", ""] };
  assertEquals(sent(given, NOVA).body.inferenceConfig, {
    temperature: 1,
    topP: 0.5,
    stopSequences: ["END"],
  });
  assertEquals(sent(given, NOVA).warnings, ["clamped temperature", "dropped stop"]);
  assertEquals(sent(given).body.inferenceConfig, { temperature: 1, stopSequences: ["END"] });
  assertEquals(sent(given, NEWEST).body.inferenceConfig, { stopSequences: ["END"] });
});

test("top_k is each vendor's own", () => {
  assertEquals(sent({ top_k: 5 }, OLD).body.additionalModelRequestFields, { top_k: 5 });
  assertEquals(sent({ top_k: 5 }, NOVA).body.additionalModelRequestFields, {
    inferenceConfig: { topK: 5 },
  });
  assertEquals(sent({ top_k: 5 }, "meta.llama3-8b-instruct-v1:0").warnings, ["dropped top_k"]);
});

test("tier and metadata have places of their own, everything without one is reported", () => {
  const { body, warnings } = sent({
    service_tier: "flex",
    metadata: { team: "a", bad: "ü" },
    guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" },
    seed: 1,
    n: 2,
    logit_bias: {},
    user: "u",
    stream_options: { include_usage: true },
  });
  assertEquals(body.serviceTier, { type: "flex" });
  assertEquals(body.requestMetadata, { team: "a" });
  assertEquals(body.guardrailConfig.guardrailIdentifier, "g");
  assertEquals(warnings, [
    "dropped logit_bias",
    "dropped seed",
    "dropped user",
    "dropped n",
    "dropped metadata",
  ]);
});

test("Claude's own words go among the additional fields", () => {
  const thinking = { type: "enabled", budget_tokens: 2000 };
  const { body } = sent({ thinking, anthropic_beta: ["context-1m-2025-08-07"], temperature: 0.5 });
  assertEquals(body.additionalModelRequestFields, {
    thinking,
    anthropic_beta: ["context-1m-2025-08-07"],
  });
  assertFalse("inferenceConfig" in body);
});

test("the address is a region's, and nothing else can be put into the host's name", () => {
  const address = (region?: string) => awsBedrock.baseUrlFor?.({ ...region && { region } });
  assertEquals(address("eu-central-1"), "https://bedrock-runtime.eu-central-1.amazonaws.com");
  assertEquals(address("us-gov-west-1"), "https://bedrock-runtime.us-gov-west-1.amazonaws.com");
  assertEquals(address("cn-north-1"), "https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
  for (
    const region of [undefined, "", "evil.com/", "us-east-1.evil.com", "us-east-1\n", "US-EAST-1"]
  ) {
    assertEquals(address(region), undefined, String(region));
  }
});
