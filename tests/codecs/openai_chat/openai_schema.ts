/** OpenAI's own schemas of answers, which may hold more than they name; `undefined` where they are not at hand. */
import { schemaOf, type Validate } from "../../support/specs/mod.ts";

export interface AnswerSchemas {
  whole: Validate;
  chunk: Validate;
}

export function openaiSchemas(): AnswerSchemas | undefined {
  const of = (root: string) => schemaOf("openai.openapi.json", root, "allowed");
  const whole = of("CreateChatCompletionResponse");
  const chunk = of("CreateChatCompletionStreamResponse");
  return whole && chunk && { whole, chunk };
}
