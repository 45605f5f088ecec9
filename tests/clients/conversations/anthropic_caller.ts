/** The same conversation by a caller of Anthropic's dialect, which has blocks, and signatures of its own. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { createGateway } from "../../support/gateway.ts";
import { type Json, type Native, NATIVES, type Turn } from "../../support/natives/mod.ts";
import { heardBy, heardFrom, QUESTION, resultFor, SCRIPT, THANKS, TOOLS } from "./conversation.ts";
import { coast, gatewayOf } from "./scene.ts";

const tools = TOOLS.map(({ function: { name, description, parameters } }) => ({
  name,
  description,
  input_schema: parameters ?? { type: "object" },
}));

type Ask = (body: Json) => Promise<{ content: Json[]; stop: unknown }>;

function asker(native: Native, stream: boolean): Ask {
  const { fetch } = createGateway(gatewayOf([native]));
  return async (body) => {
    const answer = await fetch(
      new Request("http://gateway.invalid/v1/messages", {
        method: "POST",
        headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
        body: JSON.stringify({ ...body, stream }),
      }),
    );
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    if (stream) return gathered(text);
    const { content, stop_reason } = JSON.parse(text) as Json;
    return { content: content as Json[], stop: stop_reason };
  };
}

/** Blocks put together as Anthropic's own client does: by their index, deltas in turn. */
function gathered(text: string): { content: Json[]; stop: unknown } {
  const events = text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as Json);
  assertEquals(events.filter(({ type }) => type === "message_start").length, 1);
  const content: Json[] = [];
  const inputs: string[] = [];
  let stop: unknown;
  for (const { type, index, content_block, delta } of events) {
    const at = Number(index);
    const { partial_json, type: _, stop_reason, ...more } = (delta ?? {}) as Json;
    if (type === "content_block_start") content[at] = { ...content_block as Json };
    if (type === "message_delta") stop = stop_reason;
    if (type !== "content_block_delta") continue;
    if (partial_json !== undefined) inputs[at] = (inputs[at] ?? "") + partial_json;
    const block = content[at]!;
    for (const [name, value] of Object.entries(more)) block[name] = `${block[name] ?? ""}${value}`;
  }
  for (const [at, json] of inputs.entries()) {
    if (json) content[at] = { ...content[at], input: JSON.parse(json) };
  }
  return { content, stop };
}

async function converse(native: Native, stream: boolean): Promise<string[]> {
  const stay = coast.visit(native);
  const ask = asker(native, stream);
  const messages: Json[] = [{ role: "user", content: QUESTION }];
  for (const turn of SCRIPT) {
    stay.turns.push(turn);
    const { content, stop } = await ask({
      model: native.model,
      max_tokens: 20_000,
      system: "You are the harbour master.",
      thinking: { type: "enabled", budget_tokens: 2048 },
      messages,
      tools,
    });
    const calls = content.filter(({ type }) => type === "tool_use");
    assertEquals(saidBy(content, calls, stop), saidOf(turn, native));
    const results = calls.map(({ id, name, input }) => ({
      type: "tool_result",
      tool_use_id: id,
      content: resultFor(String(name), input as Json),
    }));
    messages.push(
      { role: "assistant", content },
      { role: "user", content: results.length > 0 ? results : THANKS },
    );
  }
  return heardBy(stay);
}

function saidBy(content: Json[], calls: Json[], stop: unknown) {
  const text = content.map(({ text }) => text ?? "").join("");
  return { text, calls: calls.map(({ name, input }) => ({ name, args: input })), stop };
}

function saidOf({ text: aloud = "", calls = [] }: Turn, { tersely }: Native) {
  const text = tersely && calls.length > 0 ? "" : aloud;
  return { text, calls: [...calls], stop: calls.length > 0 ? "tool_use" : "end_turn" };
}

for (const native of NATIVES) {
  test(`${native.name}: three turns with a caller of Anthropic's dialect, whole and streamed`, async () => {
    assertEquals(await converse(native, false), heardFrom(native));
    assertEquals(await converse(native, true), heardFrom(native));
  });
}
