import { GatewayError } from "../errors.ts";
import type { Step } from "../stream/step.ts";
import type {
  AnswerEvent,
  ChatEvent,
  ChoiceEvent,
  ErrorEvent,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
  StartEvent,
} from "./event.ts";
import type { Usage } from "./response.ts";

/** What a dialect writes for each type of event. */
export interface EventTexts {
  start?(event: StartEvent): string[];
  answer?(event: AnswerEvent): string[];
  partStart(event: PartStartEvent): string[];
  partDelta(event: PartDeltaEvent): string[];
  partEnd(event: PartEndEvent): string[];
  choice?(event: ChoiceEvent): string[];
  finish(event: FinishEvent): string[];
  /** The same error as the dialect's last event. */
  error(error: GatewayError): string;
  /** What is left to write, once the latest counts are known. */
  end(usage: Usage | undefined): string[];
}

/**
 * For dialects that give one answer a request: hands each event to what writes it, keeps the counts for the
 * end, leaves out every choice but the first, and writes nothing after an error.
 */
export function writeEvents(texts: EventTexts): Step<ChatEvent, string> {
  let usage: Usage | undefined;
  let failed = false;
  const fail = ({ fault }: ErrorEvent) => {
    failed = true;
    return [texts.error(new GatewayError(2120, fault.message, { fault }))];
  };
  const write = (event: ChatEvent): string[] => {
    switch (event.type) {
      case "start":
        return texts.start?.(event) ?? [];
      case "answer":
        return texts.answer?.(event) ?? [];
      case "part-start":
        return texts.partStart(event);
      case "part-delta":
        return texts.partDelta(event);
      case "part-end":
        return texts.partEnd(event);
      case "choice":
        return texts.choice?.(event) ?? [];
      case "finish":
        return texts.finish(event);
      case "usage":
        usage = event.usage;
        return [];
      case "error":
        return fail(event);
    }
  };
  return {
    push: (event) => failed || ("choice" in event && event.choice !== 0) ? [] : write(event),
    end: () => failed ? [] : texts.end(usage),
  };
}
