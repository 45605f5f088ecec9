/** Makes whole answers and streams out of a provider's voice. */
import type { Accent, Call, Counting, Json, Turn, Voice } from "./accent.ts";

export const GREETING = "Good evening from the far shore.";
const CREATED = 1_770_000_000;

/** The counts behind every answer; thinking costs four tokens, which are part of the completion. */
export const COUNTS = { prompt: 21, completion: 9, thinking: 4, cached: 5 };

/** What OpenAI would report: most providers do the same. */
export function openaiUsage({ reasoning }: Turn): Json {
  const thinking = reasoning === undefined ? 0 : COUNTS.thinking;
  const completion = COUNTS.completion + thinking;
  return {
    prompt_tokens: COUNTS.prompt,
    completion_tokens: completion,
    total_tokens: COUNTS.prompt + completion,
    prompt_tokens_details: { cached_tokens: COUNTS.cached },
    completion_tokens_details: { reasoning_tokens: thinking },
  };
}

/** The same for providers that tell of thinking beside the other counts, and of no cache. */
export function flatUsage(turn: Turn): Json {
  const { completion_tokens_details, prompt_tokens_details: _, ...usage } = openaiUsage(turn);
  return { ...usage, ...completion_tokens_details as Json };
}

export const pieces = (text: string): string[] => text.match(/\s*\S+|\s+$/gu) ?? [];

const functionOf = ({ name, arguments: args }: Call): Json => ({ name, arguments: args });

/** A whole call, with or without what the provider adds. */
export const wholeCall = (call: Call, more: Json = {}): Json => ({
  id: call.id,
  type: "function",
  function: functionOf(call),
  ...more,
});

/** Opens a call without arguments, which follow in pieces under the same number. */
export function callInPieces(call: Call, index: number): Json[] {
  const parts = call.arguments.match(/.{1,6}/gsu) ?? [];
  return [
    wholeCall({ ...call, arguments: "" }, { index }),
    ...parts.map((part) => ({ index, function: { arguments: part } })),
  ];
}

const finishOf = (voice: Voice, turn: Turn): string =>
  turn.finish ?? voice.finish?.(turn) ?? (turn.calls ? "tool_calls" : "stop");

const head = (voice: Voice, object: string, { model }: Json): Json => ({
  id: voice.id,
  object,
  created: CREATED,
  model,
  ...voice.frame,
});

const textOf = ({ text, calls }: Turn): string => text ?? (calls ? "" : GREETING);

export function wholeAnswer({ voice }: Accent, turn: Turn, body: Json): Json {
  const { reasoning, calls } = turn;
  const text = textOf(turn);
  const said = voice.joined?.(reasoning, text) ??
    { content: text, ...(reasoning !== undefined && voice.thought(reasoning)) };
  const toCall = voice.wholeCall ?? ((call) => wholeCall(call));
  const message = {
    role: "assistant",
    ...voice.message,
    ...said,
    ...(calls && { tool_calls: calls.map(toCall) }),
    ...turn.message,
  };
  const choices = [{ index: 0, message, ...voice.choice, finish_reason: finishOf(voice, turn) }];
  const answer = {
    ...head(voice, "chat.completion", body),
    choices,
    usage: voice.usage(turn),
    ...turn.whole,
  };
  return voice.editWhole?.(answer, body) ?? answer;
}

export function streamChunks({ voice }: Accent, turn: Turn, body: Json): Json[] {
  if (turn.chunks !== undefined) return turn.chunks;
  const frame = head(voice, "chat.completion.chunk", body);
  const chunk = (delta: Json, finish_reason: string | null = null): Json => ({
    ...frame,
    choices: [{
      index: 0,
      delta: { ...voice.everyDelta, ...delta },
      ...voice.choice,
      finish_reason,
    }],
  });
  const say = voice.text ?? ((content) => ({ content }));
  const deltas = [
    ...(voice.opening ? [{ role: "assistant", ...voice.opening }] : []),
    ...pieces(turn.reasoning ?? "").map((thought) => voice.thought(thought)),
    ...pieces(textOf(turn)).map(say),
    ...(turn.calls ?? []).flatMap((call, index) =>
      voice.callDeltas(call, index).map((delta) => ({ tool_calls: [delta] }))
    ),
  ];
  if (!voice.opening && deltas[0] !== undefined) deltas[0] = { role: "assistant", ...deltas[0] };
  const finish = chunk(voice.finishDelta ?? {}, finishOf(voice, turn));
  const chunks = [...deltas.map((delta) => chunk(delta)), finish];
  const usage = voice.usage(turn);
  const { include_usage = false } = (body.stream_options ?? {}) as { include_usage?: boolean };
  const counted = usage === null ? chunks : voice.counting(chunks, usage, include_usage);
  return voice.edit?.(counted) ?? counted;
}

const apartFrom = (chunks: Json[], usage: Json): Json => ({ ...chunks.at(-1), choices: [], usage });

const onLast = (chunks: Json[], more: Json): Json[] => [
  ...chunks.slice(0, -1),
  { ...chunks.at(-1), ...more },
];

/** On the chunk with the finish reason, always. */
export const onFinish: Counting = (chunks, usage) => onLast(chunks, { usage });

/** In a last chunk without choices, for those who ask. */
export const apartIfAsked: Counting = (chunks, usage, asked) =>
  asked ? [...chunks, apartFrom(chunks, usage)] : chunks;

/** Growing, on every chunk, and once more apart. */
export const growing: Counting = (chunks, usage) => {
  const total = Number(usage.completion_tokens);
  const sofar = (at: number) => at === chunks.length - 1 ? total : Math.min(total, at + 1);
  const counted = chunks.map((chunk, at): Json => ({
    ...chunk,
    usage: {
      ...usage,
      completion_tokens: sofar(at),
      total_tokens: Number(usage.prompt_tokens) + sofar(at),
    },
  }));
  return [...counted, apartFrom(chunks, usage)];
};

/** Like another way, but only for those who ask. */
export const ifAsked = (counting: Counting): Counting => (chunks, usage, asked) =>
  asked ? counting(chunks, usage, asked) : chunks;
