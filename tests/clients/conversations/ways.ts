/** How clients ask, and what they keep of an answer. */
import type OpenAI from "openai";
import type { Answer, Way } from "./conversation.ts";

/** The message as the client gives it. */
export const whole: Way = async (client, asking) => {
  const { choices: [choice] } = await client.chat.completions.create(asking);
  return { message: choice!.message, finish: choice!.finish_reason };
};

/** The message as the client's own helper puts it together: of members it does not know the last piece wins. */
export const helped: Way = async (client, asking) => {
  const stream = client.chat.completions.stream({ ...asking, stream: true });
  const { choices: [choice] } = await stream.finalChatCompletion();
  return { message: choice!.message, finish: choice!.finish_reason };
};

/** The message put together piece by piece, as clients do that know of thoughts: texts add up, lists by index. */
export const gathered: Way = async (client, asking) => {
  const message: Answer = { role: "assistant", content: null, refusal: null };
  let finish = "";
  for await (
    const { choices } of await client.chat.completions.create({ ...asking, stream: true })
  ) {
    const [choice] = choices;
    if (choice === undefined) continue;
    gather(message, choice.delta);
    finish = choice.finish_reason ?? finish;
  }
  return { message, finish };
};

/** Keeps of an answer what OpenAI's dialect has words for, and nothing else. */
function forgetful(way: Way): Way {
  return async (client, asking) => {
    const { message: { role, content, refusal, tool_calls: calls }, finish } = await way(
      client,
      asking,
    );
    if (calls === undefined) return { message: { role, content, refusal }, finish };
    const tool_calls = calls.map((call) => {
      if (call.type !== "function") throw new Error(`a call of a ${call.type} tool`);
      const { id, type, function: { name, arguments: args } } = call;
      return { id, type, function: { name, arguments: args } };
    });
    return { message: { role, content, refusal, tool_calls }, finish };
  };
}

/** Clients that keep role, content and calls: most there are. */
export const forgetting = forgetful(whole);

/** The same, of a stream. */
export const forgettingStreams = forgetful(gathered);

type Chunk = OpenAI.ChatCompletionChunk.Choice.Delta | object;

function gather(into: object, delta: Chunk): void {
  for (const [name, value] of Object.entries(delta)) {
    const had: unknown = Reflect.get(into, name);
    if (name === "role" || name === "index" || value === null) continue;
    if (Array.isArray(value)) Reflect.set(into, name, gatherList(had, value));
    else if (typeof value === "object" && typeof had === "object" && had !== null) {
      gather(had, value);
    } else if (typeof value === "string" && typeof had === "string" && GROWING.has(name)) {
      Reflect.set(into, name, had + value);
    } else Reflect.set(into, name, value);
  }
}

const GROWING = new Set(["content", "arguments", "reasoning_content", "text", "data", "summary"]);

function gatherList(had: unknown, more: readonly { index?: number }[]): object[] {
  const list: object[] = Array.isArray(had) ? had : [];
  for (const item of more) {
    const known = list[item.index ?? list.length];
    if (known === undefined) list[item.index ?? list.length] = structuredClone(item);
    else gather(known, item);
  }
  return list;
}
