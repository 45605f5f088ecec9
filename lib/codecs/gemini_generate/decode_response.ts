/** A whole answer → neutral. */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import { fold } from "../../chat/fold.ts";
import type { ChatResponse } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { isObject, parseJson } from "../../json/fields.ts";
import { AnswerDecoder } from "./answer_decoder.ts";
import { errorOf } from "./faults.ts";

/**
 * Reads one answer, or the list of pieces that a stream without `alt=sse` is. Throws 2120 for an error
 * inside a 200, 2002 for text that is no answer.
 */
export function decodeResponse(text: string, defaults: AnswerDefaults): ChatResponse {
  const parsed = parseJson(text);
  const pieces: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (!pieces.some(isAnswer)) throw noAnswer(parsed === undefined ? text : undefined);
  const decoder = new AnswerDecoder(defaults);
  const events: ChatEvent[] = [];
  for (const piece of pieces) decoder.read(piece, events);
  decoder.end(events, true);
  return fold(events);
}

const SIGNS = ["candidates", "promptFeedback", "usageMetadata"];

function isAnswer(piece: unknown): boolean {
  return isObject(piece) && (SIGNS.some((sign) => sign in piece) || errorOf(piece) !== undefined);
}

/** An answer is never quoted: only what is not JSON at all is, shortly. */
function noAnswer(text: string | undefined): GatewayError {
  if (text === undefined) {
    return new GatewayError(2002, "The provider answered with JSON that has no `candidates`");
  }
  const start = JSON.stringify(text.trim().slice(0, 80));
  return new GatewayError(2002, `The provider answered with text instead of JSON: ${start}`);
}
