import type { ChatEvent } from "./event.ts";
import type { Part } from "./request.ts";
import type { ChatResponse, Choice } from "./response.ts";

/** The events of a stream that would have given this answer: each part comes whole. */
export function unfold(response: ChatResponse): ChatEvent[] {
  const { id, model, created, choices, usage, extensions } = response;
  const events: ChatEvent[] = [{
    type: "start",
    id,
    model,
    created,
    ...(extensions && { extensions }),
  }];
  for (const choice of choices) events.push(...unfoldChoice(choice));
  if (usage !== undefined) events.push({ type: "usage", usage });
  return events;
}

function unfoldChoice(choice: Choice): ChatEvent[] {
  const events = choice.parts.flatMap((part, index) => unfoldPart(choice.index, index, part));
  const { extensions, finishReason: reason, nativeFinishReason: native, doubtful } = choice;
  if (extensions !== undefined) events.push({ type: "choice", choice: choice.index, extensions });
  events.push({
    type: "finish",
    choice: choice.index,
    reason,
    ...(native !== undefined && { native }),
    ...(doubtful && { doubtful }),
  });
  return events;
}

function unfoldPart(choice: number, index: number, part: Part): ChatEvent[] {
  return [{ type: "part-start", choice, index, part }, { type: "part-end", choice, index }];
}
