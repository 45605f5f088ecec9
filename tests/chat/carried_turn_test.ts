/** What clients forget of an answer, and how it is put back. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import {
  carriedTurn,
  lacksThoughts,
  TurnCollector,
  withThoughts,
} from "../../lib/chat/carried_turn.ts";
import type { WantedThoughts } from "../../lib/chat/codec.ts";
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

const WANTED: WantedThoughts = {
  family: "anybody",
  bears: (part) =>
    part.type === "reasoning"
      ? part.signature !== undefined
      : part.extensions?.gemini_generate?.thoughtSignature !== undefined,
  proven: true,
};
const WORDS: WantedThoughts = {
  ...WANTED,
  bears: ({ type }) => type === "reasoning",
  proven: false,
};

const keyOf = ({ id, name, arguments: args }: ToolCallPart) => `${id} ${name} ${args}`;
const carry = (parts: Part[], wanted = WANTED) => carriedTurn(parts, wanted, keyOf);
const putBack = (kept: Message, answer: Part[], wanted = WANTED) =>
  withThoughts(kept, carry(answer, wanted)!, keyOf).parts;

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
  const kept = asSentBack([text("Let me look."), call("c1"), call("c2")]);
  assertEquals(putBack(kept, ANSWER), ANSWER);
});

test("a stream is remembered as the same answer would be, without its words and pictures", () => {
  const turns = new TurnCollector();
  const picture: Part = { type: "blob", modality: "image", content: "look at this" };
  const response = {
    id: "a",
    model: "m",
    created: 0,
    choices: [{ index: 0, parts: [picture, ...ANSWER], finishReason: "tool_call" as const }],
  };
  const told = unfold(response).flatMap((event) => turns.add(event) ?? []);
  assertEquals(JSON.stringify(told).includes("look"), false);
  assertEquals(carriedTurn(told, WANTED, keyOf), carry(ANSWER));
});

test("a text that the client changed stays as it is, before the calls", () => {
  const kept = asSentBack([text("Edited."), call("c1"), call("c2")]);
  assertEquals(putBack(kept, ANSWER), [
    thought("first"),
    text("Edited."),
    thought("second"),
    call("c1", SIGNED),
    call("c2"),
  ]);
});

test("what a client marks at the end of its text stays there", () => {
  const extensions = { openai_chat: { cache_control: { type: "ephemeral" } } };
  const kept = asSentBack([
    { type: "text", content: "Let me look.", extensions },
    call("c1"),
    call("c2"),
  ]);
  const marked = ANSWER.map((part, at) => at === 3 ? { ...part, extensions } : part);
  assertEquals(putBack(kept, ANSWER), marked);
});

test("a call that the client left out does not come back, and one it added stays", () => {
  const kept = asSentBack([text("New words."), call("c2"), call("c3")]);
  assertEquals(putBack(kept, [thought("first"), call("c1", SIGNED), call("c2")]), [
    thought("first"),
    text("New words."),
    call("c2"),
    call("c3"),
  ]);
});

test("a signature is put beside the very call it was made for, and no other", () => {
  const changed = { ...call("c1"), arguments: '{"harbour":"Sète"}' };
  const kept = asSentBack([changed, call("c2")]);
  assertEquals(putBack(kept, [call("c1", SIGNED), call("c2")]), [changed, call("c2")]);
});

test("what a provider's own tools did between two thoughts stays between them", () => {
  const search: Part = { type: "opaque", extensions: { anthropic_messages: { block: { n: 1 } } } };
  const answer = [thought("first"), search, thought("second"), call("c1")];
  assertEquals(putBack(asSentBack([call("c1")]), answer), answer);
  // A client that knows such blocks has brought them itself.
  assertEquals(putBack(asSentBack([search, call("c1")]), answer), [
    thought("first"),
    thought("second"),
    search,
    call("c1"),
  ]);
});

test("words without a signature are put back whole, and left alone where they are", () => {
  const words = (content: string): Part => ({ type: "reasoning", content });
  const answer = [words("Tide first."), call("c1")];
  assertEquals(putBack(asSentBack([words("first."), call("c1")]), answer, WORDS), answer);
  const whole = asSentBack([words("Tide first."), text(""), call("c1")]);
  assertEquals(withThoughts(whole, carry(answer, WORDS)!, keyOf) === whole, true);
});

test("only answers that call tools and bear a thought that is wanted are carried", () => {
  assertEquals(carry([thought("first"), text("Done.")]), undefined);
  assertEquals(carry([text("Let me look."), call("c1")]), undefined);
  assertEquals(carry([text("Let me look."), call("c1", { openai_chat: { x: 1 } })]), undefined);
  assertEquals(carry([{ type: "reasoning", content: "unsigned" }, call("c1")]), undefined);
});

test("a message lacks its thoughts unless something signed came back with the calls", () => {
  const lacks = (...parts: Part[]) => lacksThoughts(asSentBack(parts), WANTED);
  assertEquals(lacks(text("Let me"), call("c1")), true);
  // The words alone prove nothing.
  assertEquals(lacks({ type: "reasoning", content: "x" }, call("c1")), true);
  // OpenAI's own helper puts members of its own beside a call.
  assertEquals(lacks(call("c1", { openai_chat: { inner: { parsed_arguments: {} } } })), true);
  assertEquals(lacks(thought("first"), call("c1")), false);
  assertEquals(lacks(call("c1", SIGNED), call("c2")), false);
  assertEquals(lacks(text("Done.")), false);
});
