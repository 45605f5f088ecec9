/** Pieces of requests that one provider or another refuses. */
import type { Json } from "../../support/scripted_upstream.ts";

export type Refused = [what: string, body: Json, status: number, says: string];

export const user = { role: "user", content: "Hello." };
export const tools = [{
  type: "function",
  function: { name: "f", parameters: { type: "object" } },
}];
export const call = (id: string) => ({
  id,
  type: "function",
  function: { name: "f", arguments: "{}" },
});
export const called = (...ids: string[]) => ({
  role: "assistant",
  content: "",
  tool_calls: ids.map(call),
});
export const result = (tool_call_id: string) => ({ role: "tool", tool_call_id, content: "1" });
export const format = (schema: Json, more: Json = { name: "s" }) => ({
  response_format: { type: "json_schema", json_schema: { schema, ...more } },
});
export const closed = { type: "object", properties: {}, required: [], additionalProperties: false };
export const strict = { name: "s", strict: true };
export const developer = { messages: [{ role: "developer", content: "x" }, user] };
export const parts = [{ type: "text", text: "x" }];
export const orphan = { messages: [user, result("abcdefghi")] };
