/** Anthropic's whole answer → neutral. https://platform.claude.com/docs/en/api/messages/create */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { Finish } from "../../chat/event.ts";
import { finished } from "../../chat/finish_words.ts";
import type { Part } from "../../chat/request.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  restOf,
  textOf,
} from "../../json/fields.ts";
import {
  decodeCall,
  decodeCitations,
  decodeOpaque,
  decodeRedacted,
  decodeThinking,
} from "./answer_blocks.ts";
import { extend } from "./extension.ts";
import { readFault } from "./faults.ts";
import { decodeStopReason, isDoubtful } from "./stop_reason.ts";
import { JSON_TOOL } from "./tool_name.ts";
import { decodeUsage } from "./usage.ts";

const ANSWER_MEMBERS = new Set([
  "id",
  "type",
  "role",
  "model",
  "content",
  "stop_reason",
  "stop_sequence",
  "stop_details",
  "usage",
]);
const TEXT_MEMBERS = new Set(["type", "text", "citations"]);
const DETAIL_MEMBERS = new Set(["type", "explanation"]);

/** Reads a whole answer. Throws 2120 for an error inside a 200, 2002 for text that is no answer. */
export function decodeResponse(text: string, defaults: AnswerDefaults): ChatResponse {
  const answer = parseAnswer(text);
  const usage = decodeUsage(objectOf(answer.usage));
  return {
    ...decodeHead(answer, defaults),
    choices: [decodeChoice(answer)],
    ...(usage !== undefined && { usage }),
  };
}

/** Parses a whole answer; see {@linkcode decodeResponse}. */
export function parseAnswer(text: string): Json {
  const answer = parseJson(text);
  if (answer === undefined) {
    const start = JSON.stringify(text.trim().slice(0, 80));
    throw new GatewayError(2002, `The provider answered with text instead of JSON: ${start}`);
  }
  if (isObject(answer) && Array.isArray(answer.content)) return answer;
  const fault = readFault(answer);
  if (fault !== undefined) throw new GatewayError(2120, fault.message, { fault });
  throw new GatewayError(2002, "The provider answered with JSON that has no `content`");
}

/** What an answer says of itself at its beginning. */
export function decodeHead(answer: Json, defaults: AnswerDefaults): Omit<ChatResponse, "choices"> {
  return {
    id: textOf(answer.id) ?? defaults.id,
    model: textOf(answer.model) ?? defaults.model,
    created: defaults.created,
    ...extend(restOf(answer, ANSWER_MEMBERS)),
  };
}

function decodeChoice(answer: Json): Choice {
  const parts = decodeContent(objectsOf(answer.content));
  const { extensions, refusal, ...finish } = decodeEnd(answer, hasCall(parts));
  return {
    index: 0,
    parts: [...parts, ...refusal],
    ...finished(finish),
    ...(extensions !== undefined && { extensions }),
  };
}

function hasCall(parts: readonly Part[]): boolean {
  return parts.some(({ type }) => type === "tool_call");
}

function decodeContent(blocks: readonly Json[]): Part[] {
  let length = 0;
  return blocks.flatMap((block) => {
    const parts = decodeBlock(block, length);
    const [first] = parts;
    if (first?.type === "text") length += first.content.length;
    return parts;
  });
}

function decodeBlock(block: Json, start: number): Part[] {
  switch (block.type) {
    case "text": {
      const content = textOf(block.text) ?? "";
      return [
        { type: "text", content, ...extend(restOf(block, TEXT_MEMBERS)) },
        ...decodeCitations(objectsOf(block.citations), start, start + content.length),
      ];
    }
    case "thinking":
      return [decodeThinking(block)];
    case "redacted_thinking":
      return [decodeRedacted(block)];
    case "tool_use": {
      const args = JSON.stringify(objectOf(block.input));
      if (block.name === JSON_TOOL) return [{ type: "text", content: args }];
      return [decodeCall(block, args)];
    }
    default:
      return [decodeOpaque(block)];
  }
}

/** How an answer ended, in a whole one and in the last events of a stream. */
export interface AnswerEnd extends Finish, Pick<Choice, "extensions"> {
  refusal: Part[];
}

/** Reads why an answer ended; a refusal's explanation becomes a part. */
export function decodeEnd(end: Json, calls: boolean): AnswerEnd {
  const native = textOf(end.stop_reason);
  const details = objectOf(end.stop_details);
  const explanation = textOf(details.explanation);
  const rest = restOf(details, DETAIL_MEMBERS);
  const sequence = textOf(end.stop_sequence);
  return {
    reason: decodeStopReason(native, calls),
    ...(native !== undefined && { native }),
    ...(isDoubtful(native) && { doubtful: true }),
    refusal: explanation === undefined ? [] : [{ type: "refusal", content: explanation }],
    ...extend({
      ...(sequence !== undefined && { stop_sequence: sequence }),
      ...(Object.keys(rest).length > 0 && { stop_details: rest }),
    }),
  };
}
