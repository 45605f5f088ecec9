/** Tools, the choice among them, and what the answer must be. */
import { test } from "node:test";
import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { type Json, sent, told, tool } from "./helpers.ts";

test("tool_choice and parallel_tool_calls are Anthropic's tool_choice", () => {
  const choice = (body: Json, model?: string) =>
    sent({ tools: [tool("a"), tool("b")], ...body }, model).body.tool_choice;
  assertEquals(choice({}), undefined);
  assertEquals(choice({ tool_choice: "required" }), { type: "any" });
  assertEquals(choice({ tool_choice: "none", parallel_tool_calls: false }), { type: "none" });
  const alone = { disable_parallel_tool_use: true };
  assertEquals(choice({ parallel_tool_calls: false }), { type: "auto", ...alone });
  const named = { tool_choice: { type: "function", function: { name: "b" } } };
  assertEquals(choice({ ...named, parallel_tool_calls: false }), {
    type: "tool",
    name: "b",
    ...alone,
  });
  assertEquals(sent({ parallel_tool_calls: false }).body.tool_choice, undefined);
});

test("models that can't be forced to call choose by themselves, of the named tool only", () => {
  const named = {
    tools: [tool("a"), tool("b")],
    tool_choice: { type: "function", function: { name: "b" } },
  };
  for (
    const asked of [sent(named, "claude-opus-5-5"), sent({ ...named, reasoning_effort: "low" })]
  ) {
    assertEquals(asked.body.tool_choice, { type: "auto" });
    assertEquals((asked.body.tools as Json[]).map(({ name }) => name), ["b"]);
    assertEquals(told(asked), ["emulated tool_choice"]);
  }
});

test("tools keep their whole schema, and its root is an object", () => {
  const parameters = {
    type: "object",
    properties: { a: { $ref: "#/$defs/A" } },
    $defs: { A: { anyOf: [{ type: "string" }, { type: "null" }] } },
    additionalProperties: false,
  };
  const choice = {
    anyOf: [
      { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      { type: "object", properties: { name: { type: "string", enum: ["x"] } } },
    ],
  };
  const asked = sent({
    tools: [
      tool("a", { description: "A", parameters }),
      { type: "function", function: { name: "none" } },
      tool("b", { parameters: choice }),
    ],
  });
  const [a, none, b] = asked.body.tools as Json[];
  assertEquals(a, { name: "a", description: "A", input_schema: parameters });
  assertEquals(none, { name: "none", input_schema: { type: "object", properties: {} } });
  const schema = b!.input_schema as Json;
  assertEquals([schema.type, schema.anyOf], ["object", undefined]);
  assertEquals(Object.keys(schema.properties as Json), ["id", "name"]);
  assertEquals(told(asked), ["emulated tools.function.parameters"]);
});

test("strict tools are strict where the model has that", () => {
  const tools = [tool("a", { strict: true })];
  const [strict] = sent({ tools }).body.tools as Json[];
  assertEquals([strict!.strict, (strict!.input_schema as Json).additionalProperties], [
    true,
    false,
  ]);
  const older = sent({ tools }, "claude-3-5-haiku-20241022");
  assertEquals((older.body.tools as Json[])[0]!.strict, undefined);
  assertEquals(told(older), ["dropped tools.function.strict"]);
});

const FORMAT = {
  type: "json_schema",
  json_schema: {
    name: "person",
    strict: true,
    schema: {
      type: "object",
      properties: {
        name: { type: "string", minLength: 2, description: "Full name" },
        age: { type: "integer", minimum: 0 },
        minimum: { oneOf: [{ type: "string" }, { type: "null" }] },
      },
      required: ["name"],
    },
  },
};

test("a JSON schema is asked for natively, and what its subset loses is told and reported", () => {
  const asked = sent({ response_format: FORMAT });
  const { format } = asked.body.output_config as { format: { type: string; schema: Json } };
  assertEquals(format.type, "json_schema");
  assertEquals(format.schema, {
    type: "object",
    properties: {
      name: { type: "string", description: "Full name — minLength: 2" },
      age: { type: "integer", description: "minimum: 0" },
      minimum: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    required: ["name"],
    additionalProperties: false,
  });
  assertEquals(told(asked), ["emulated response_format.json_schema"]);
});

test("models without schemas answer by a tool they must call, or in words beside other tools", () => {
  const model = "claude-3-5-haiku-20241022";
  const asked = sent({ response_format: FORMAT }, model);
  const [json] = asked.body.tools as Json[];
  assertEquals(asked.body.tool_choice, {
    type: "tool",
    name: json!.name,
    disable_parallel_tool_use: true,
  });
  assertEquals(told(asked), ["emulated response_format"]);
  const beside = sent({ response_format: FORMAT, tools: [tool()] }, model).body;
  assertEquals((beside.tools as Json[]).length, 1);
  assertStringIncludes(String(beside.system), "minLength");
});

test("any JSON is asked for in words", () => {
  const asked = sent({ response_format: { type: "json_object" } });
  assertStringIncludes(String(asked.body.system), "JSON");
  assertEquals(told(asked), ["emulated response_format"]);
  assertFalse("response_format" in asked.body);
});

test("a search of the web is done by Anthropic's tool", () => {
  const location = { type: "approximate", approximate: { city: "Paris", country: "FR" } };
  const asked = sent({ web_search_options: { user_location: location } });
  assertEquals(asked.body.tools, [{
    type: "web_search_20250305",
    name: "web_search",
    user_location: { type: "approximate", city: "Paris", country: "FR" },
  }]);
  assertEquals(told(asked), ["emulated web_search_options"]);
});

test("allowed_tools leaves the others out", () => {
  const { body } = sent({
    tools: [tool("a"), tool("b")],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "b" } }] },
    },
  });
  assertEquals((body.tools as Json[]).map(({ name }) => name), ["b"]);
  assertEquals(body.tool_choice, { type: "any" });
});

test("names Anthropic refuses are written with marks", () => {
  const { body } = sent({
    tools: [tool("files.read")],
    tool_choice: { type: "function", function: { name: "files.read" } },
  });
  assertEquals((body.tools as Json[])[0]!.name, "files__u2e__read");
  assertEquals((body.tool_choice as Json).name, "files__u2e__read");
});
