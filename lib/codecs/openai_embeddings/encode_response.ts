/** Neutral → an answer that is valid against OpenAI's schema. */
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import type { VectorEncoding } from "../../embeddings/request.ts";
import { base64OfVector, numbersOfVector, type Vector } from "../../embeddings/vector.ts";
import { GatewayError } from "../../errors.ts";
import { objectOf, present } from "../../json/fields.ts";
import { extensionOf } from "./profile.ts";

/** Writes an answer; a provider that doesn't count has read no tokens, since clients take the counts for given. */
export function encodeResponse(response: EmbeddingResponse, encoding?: VectorEncoding): string {
  const { model, vectors, inputTokens = 0, cost } = response;
  const { usage, ...rest } = extensionOf(response);
  const data = vectors.map((vector, index) =>
    `{"object":"embedding","index":${index},"embedding":${written(vector, encoding)}}`
  );
  const after = JSON.stringify({
    model,
    usage: {
      prompt_tokens: inputTokens,
      total_tokens: inputTokens,
      ...objectOf(usage),
      ...present({ cost }),
    },
    ...rest,
  });
  return `{"object":"list","data":[${data.join(",")}],${after.slice(1)}`;
}

function written(vector: Vector, encoding: VectorEncoding | undefined): string {
  if (encoding === "base64") return JSON.stringify(base64OfVector(vector));
  const numbers = numbersOfVector(vector);
  if (numbers !== undefined) return JSON.stringify(numbers);
  throw new GatewayError(2002, "The provider answered with a vector that is no base64 of float32");
}
