/** One conversation of three turns with tools side by side, held by OpenAI's own client. */
import { assertEquals } from "@std/assert";
import type OpenAI from "openai";
import type { Called, Native, Stay, Turn } from "../../support/natives/mod.ts";

const call = (name: string, args: Called["args"]): Called => ({ name, args });

/** What the model says, turn by turn: calls side by side, one of them without arguments, and an answer. */
export const SCRIPT: readonly Turn[] = [
  {
    thought: "Tide first, and the wind; one does not help without the other.",
    text: "Let me look.",
    calls: [call("tide", { harbour: "Brest" }), call("wind", {})],
  },
  {
    thought: "Brest is fine. Now where they are going, twice to be sure.",
    calls: [call("tide", { harbour: "Ouessant" }), call("tide", { harbour: "Molène" })],
  },
  { thought: "Six and seven metres, four Beaufort: yes.", text: "Yes, sail at nine." },
  { text: "Fair winds." },
];

/** What the tools give, by the arguments of the call. */
const RESULTS: Record<string, string> = {
  "tide Brest": "6 m",
  "wind ": "4 Bft from the west",
  "tide Ouessant": "7 m",
  "tide Molène": "5 m",
};

export const TOOLS: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: "function",
    function: {
      name: "tide",
      description: "The height of the next tide.",
      parameters: {
        type: "object",
        properties: { harbour: { type: "string" } },
        required: ["harbour"],
        additionalProperties: false,
      },
    },
  },
  { type: "function", function: { name: "wind", description: "The wind now." } },
];

export const QUESTION = "May we sail tonight?";
export const THANKS = "Thank you.";

/** The whole of it as every provider must have heard it, without thoughts; `speaker` gave the first turn. */
export function heardFrom(speaker: Native): string[] {
  return [
    `user: ${QUESTION}`,
    ...(speaker.tersely ? [] : ["assistant: Let me look."]),
    'tide {"harbour":"Brest"}',
    "wind {}",
    "= 6 m",
    "= 4 Bft from the west",
    'tide {"harbour":"Ouessant"}',
    'tide {"harbour":"Molène"}',
    "= 7 m",
    "= 5 m",
    "assistant: Yes, sail at nine.",
    `user: ${THANKS}`,
  ];
}

export type Asking = OpenAI.ChatCompletionCreateParamsNonStreaming;
export type Answer = OpenAI.ChatCompletionMessage;

/** Asks, and gives the message to put into the history; whole or put together from a stream. */
export type Way = (client: OpenAI, asking: Asking) => Promise<{ message: Answer; finish: string }>;

/** Who answers which turn; each has the script's turns before it. */
export async function converse(
  client: OpenAI,
  stays: readonly Stay[],
  way: Way,
): Promise<void> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: "system", content: "You are the harbour master." },
    { role: "user", content: QUESTION },
  ];
  for (const [at, turn] of SCRIPT.entries()) {
    const stay = stays[Math.min(at, stays.length - 1)]!;
    stay.turns.push(turn);
    const { message, finish } = await way(client, {
      model: stay.native.model,
      messages,
      tools: TOOLS,
      reasoning_effort: "medium",
      max_completion_tokens: 20_000,
    });
    assertEquals(saidBy(message, finish), saidOf(turn, stay.native));
    messages.push(message, ...(message.tool_calls ?? []).map(resultOf));
    if (turn.calls === undefined) messages.push({ role: "user", content: THANKS });
  }
}

function resultOf(
  call: OpenAI.ChatCompletionMessageToolCall,
): OpenAI.ChatCompletionToolMessageParam {
  const { name, arguments: args } = functionOf(call);
  const content = resultFor(name, JSON.parse(args) as Called["args"]);
  return { role: "tool", tool_call_id: call.id, content };
}

/** What a tool gives for its arguments. */
export function resultFor(name: string, { harbour = "" }: Called["args"]): string {
  return RESULTS[`${name} ${harbour}`]!;
}

function functionOf(call: OpenAI.ChatCompletionMessageToolCall) {
  if (call.type !== "function") throw new Error(`a call of a ${call.type} tool`);
  return call.function;
}

/** What a client reads of an answer. */
function saidBy({ content, tool_calls = [] }: Answer, finish: string) {
  const ids = new Set(tool_calls.map(({ id }) => id));
  return {
    text: content ?? "",
    calls: tool_calls.map(functionOf)
      .map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) as Called["args"] })),
    ids: ids.size,
    finish,
  };
}

function saidOf({ text: aloud = "", calls = [] }: Turn, { tersely }: Native) {
  const text = tersely && calls.length > 0 ? "" : aloud;
  const finish = calls.length > 0 ? "tool_calls" : "stop";
  return { text, calls, ids: calls.length, finish };
}

/** What a provider was told last, without the thoughts and the system's words. */
export function heardBy({ native, asked }: Stay): string[] {
  return native.retell(asked.at(-1)!.body).filter((line) => !/^(thought|system)/.test(line));
}

/** The thoughts it was told with the script's third turn. */
export function thoughtsToldTo({ native, asked }: Stay, at: number): string[] {
  return native.retell(asked[at]!.body).filter((line) => line.startsWith("thought"));
}

/** What of the first two turns must come back with the third request. */
export function thoughtsOf({ signs, thinks }: Native): string[] {
  if (!thinks) return [];
  return SCRIPT.slice(0, 2).flatMap(({ thought }) => [
    `thought: ${thought}`,
    ...(signs === "claude" ? ["thought, hidden"] : []),
  ]);
}
