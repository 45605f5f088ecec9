/** A whole answer of Converse → neutral. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import type { AnswerDefaults } from "../../chat/codec.ts";
import { finished } from "../../chat/finish_words.ts";
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
import { decodeAnswerBlocks } from "./answer_blocks.ts";
import { makeFault, messageOf } from "./fault.ts";
import { extend } from "./profile.ts";
import { STOP_REASONS } from "./stop_reason.ts";
import { decodeUsage } from "./usage.ts";

const MEMBERS: ReadonlySet<string> = new Set(["output", "stopReason", "usage", "$metadata"]);

/** Reads a whole answer. Throws 2120 for an error inside a 200, 2002 for text that is no answer. */
export function decodeResponse(
  text: string,
  { id, model, created }: AnswerDefaults,
  signatures: string,
): ChatResponse {
  const answer = parseJson(text);
  if (!isObject(answer)) {
    throw new GatewayError(2002, "The provider answered with something else than JSON");
  }
  if (!isObject(answer.output)) throw noOutput(answer);
  const { content } = objectOf(answer.output.message);
  const parts = decodeAnswerBlocks(objectsOf(content), { id, signatures });
  const called = parts.some((part) => part.type === "tool_call");
  const finish = STOP_REASONS.decode(textOf(answer.stopReason), called);
  const choice: Choice = { index: 0, parts, ...finished(finish) };
  const usage = isObject(answer.usage) ? decodeUsage(answer.usage) : undefined;
  return {
    id,
    model,
    created,
    choices: [choice],
    ...(usage !== undefined && { usage }),
    ...extend(restOf(answer, MEMBERS)),
  };
}

function noOutput(answer: Json): GatewayError {
  const said = messageOf(answer);
  if (said === undefined) {
    return new GatewayError(2002, "The provider answered with JSON that has no `output`");
  }
  return new GatewayError(2120, said, { fault: makeFault(502, undefined, said) });
}
