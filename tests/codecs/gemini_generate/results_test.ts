import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { Part } from "../../../lib/chat/request.ts";
import { geminiGenerate } from "../../../lib/codecs/gemini_generate/mod.ts";

const call = (id?: string) => ({ functionCall: { name: "look", args: {}, ...(id && { id }) } });
const result = (said: string, id?: string) => ({
  functionResponse: { name: "look", response: { result: said }, ...(id && { id }) },
});

test("results with and without ids answer each their own of two equal calls, in either order", () => {
  for (const results of [[result("a", "id-a"), result("b")], [result("b"), result("a", "id-a")]]) {
    const contents = [
      { role: "user", parts: [{ text: "Look twice" }] },
      { role: "model", parts: [call("id-a"), call()] },
      { role: "user", parts: results },
    ];
    const request = geminiGenerate().decodeRequest({ contents }, "/models/m:generateContent");
    const parts = request.messages.flatMap(({ parts }): Part[] => parts);
    const ids = parts.flatMap((part) => part.type === "tool_call" ? [part.id] : []);
    const said = parts.flatMap((part) =>
      part.type === "tool_call_response" ? [[part.id, part.response] as const] : []
    );
    assertEquals(ids.map((id) => new Map(said).get(id)), [
      [{ type: "text", content: "a" }],
      [{ type: "text", content: "b" }],
    ]);
  }
});
