/** What clients forget of an answer, and how it is put back. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import {
  carriedTurn,
  lacksThoughts,
  TurnCollector,
  withThoughts,
} from "../../lib/chat/carried_turn.ts";
import type { Message, Part, ReasoningPart, ToolCallPart } from "../../lib/chat/request.ts";
import { unfold } from "../../lib/chat/unfold.ts";

function call(id: string, extensions?: ToolCallPart["extensions"]): ToolCallPart {
  const signed = extensions === undefined ? {} : { extensions };
  return { type: "tool_call", id, name: "tide", arguments: "{}", kind: "function", ...signed };
}

const text = (content: string): Part => ({ type: "text", content });
const thought = (content: string): ReasoningPart => ({
  type: "reasoning",
  content,
  signature: `seal of ${content}`,
});
const SIGNED = { gemini_generate: { thoughtSignature: "s1" } };

/** Thoughts between the words, and a signature beside a call. */
const ANSWER: Part[] = [
  thought("first"),
  text("Let me"),
  thought("second"),
  text(" look."),
  call("c1", SIGNED),
  call("c2"),
];

function asSentBack(parts: Part[]): Message {
  return { role: "assistant", parts };
}

test("an answer comes back as it was from what OpenAI's clients keep of it", () => {
  const { parts } = carriedTurn(ANSWER)!;
  const kept = asSentBack([text("Let me look."), call("c1"), call("c2")]);
  assertEquals(withThoughts(kept, parts).parts, ANSWER);
});

test("a stream is remembered as the same answer would be, without its words", () => {
  const turns = new TurnCollector();
  const response = {
    id: "a",
    model: "m",
    created: 0,
    choices: [{ index: 0, parts: ANSWER, finishReason: "tool_call" as const }],
  };
  const told = unfold(response).flatMap((event) => turns.add(event) ?? []);
  assertEquals(told.map(({ parts }) => parts), [carriedTurn(ANSWER)!.parts]);
  assertEquals(JSON.stringify(told[0]!.parts).includes("look"), false);
});

test("a text that the client changed stays as it is, before the calls", () => {
  const { parts } = carriedTurn(ANSWER)!;
  const kept = asSentBack([text("Edited."), call("c1"), call("c2")]);
  assertEquals(withThoughts(kept, parts).parts, [
    thought("first"),
    text("Edited."),
    thought("second"),
    call("c1", SIGNED),
    call("c2"),
  ]);
});

test("a call that the client left out does not come back, and one it added stays", () => {
  const { parts } = carriedTurn([thought("first"), call("c1", SIGNED), call("c2")])!;
  const kept = asSentBack([text("New words."), call("c2"), call("c3")]);
  assertEquals(withThoughts(kept, parts).parts, [
    thought("first"),
    text("New words."),
    call("c2"),
    call("c3"),
  ]);
});

test("only answers that call tools and thought or signed something are carried", () => {
  assertEquals(carriedTurn([thought("first"), text("Done.")]), undefined);
  assertEquals(carriedTurn([text("Let me look."), call("c1")]), undefined);
});

test("a message lacks its thoughts unless something signed came back with the calls", () => {
  assertEquals(lacksThoughts(asSentBack([text("Let me"), call("c1")])), true);
  // The words alone prove nothing.
  assertEquals(lacksThoughts(asSentBack([{ type: "reasoning", content: "x" }, call("c1")])), true);
  assertEquals(lacksThoughts(asSentBack([thought("first"), call("c1")])), false);
  assertEquals(lacksThoughts(asSentBack([call("c1", SIGNED), call("c2")])), false);
  assertEquals(lacksThoughts(asSentBack([text("Done.")])), false);
});
