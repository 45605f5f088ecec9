/** Neutral → a whole answer of Google's. */
import type { ChatResponse, Choice } from "../../chat/response.ts";
import type { Json } from "../../json/fields.ts";
import { isBlocked } from "./blocked.ts";
import { encodeAnswerPart, encodeGrounding } from "./encode_answer_parts.ts";
import { extensionOf } from "./extension.ts";
import { encodeFinish } from "./finish_reason.ts";
import { encodeUsage } from "./usage.ts";
import type { WireAnswer, WireCandidate } from "./wire.ts";

/** Writes a whole answer as JSON text. */
export function encodeResponse(response: ChatResponse): string {
  const rest = extensionOf(response);
  const answer: WireAnswer = {
    ...(!isBlocked(rest) && { candidates: response.choices.map(encodeCandidate) }),
    ...(response.usage !== undefined && { usageMetadata: encodeUsage(response.usage) }),
    modelVersion: response.model,
    responseId: response.id,
    ...rest,
  };
  return JSON.stringify(answer);
}

function encodeCandidate(choice: Choice): WireCandidate {
  return {
    content: { role: "model", parts: choice.parts.flatMap(encodeAnswerPart) },
    finishReason: encodeFinish(choice.finishReason, choice.nativeFinishReason),
    index: choice.index,
    ...sourcesOf(choice),
    ...extensionOf(choice),
  };
}

/** Only where the answer came from elsewhere: Google's own metadata says more, and is kept. */
function sourcesOf({ parts, extensions }: Choice): Json {
  const { groundingMetadata, citationMetadata } = extensionOf({ extensions });
  const citations = parts.filter((part) => part.type === "citation");
  const own = groundingMetadata !== undefined || citationMetadata !== undefined;
  if (own || citations.length === 0) return {};
  const text = parts.map((part) => part.type === "text" ? part.content : "").join("");
  return encodeGrounding(citations, text);
}
