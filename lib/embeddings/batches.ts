/** Long lists of inputs: cut into what one call takes, and their answers put together. */
import type { EmbeddingRequest } from "./request.ts";
import type { EmbeddingResponse } from "./response.ts";

/** The same request in as few pieces as fit, in order. */
export function batchesOf(request: EmbeddingRequest, size: number): EmbeddingRequest[] {
  const { inputs } = request;
  if (inputs.length <= size) return [request];
  const batches: EmbeddingRequest[] = [];
  for (let at = 0; at < inputs.length; at += size) {
    batches.push({ ...request, inputs: inputs.slice(at, at + size) });
  }
  return batches;
}

/** One answer of several, in order. Tokens and costs add up; where one piece has none, nothing has. */
export function joinBatches(answers: readonly EmbeddingResponse[]): EmbeddingResponse {
  const [first] = answers;
  if (first === undefined) throw new RangeError("There are no answers to join");
  if (answers.length === 1) return first;
  const counts = answers.map(({ inputTokens }) => inputTokens);
  const counted = counts.every((count) => count !== undefined);
  const costs = answers.map(({ statedCost }) => statedCost);
  const stated = costs.every((cost) => cost !== undefined);
  return {
    model: first.model,
    vectors: answers.flatMap(({ vectors }) => vectors),
    ...(counted && { inputTokens: counts.reduce((sum, count) => sum + count, 0) }),
    ...(stated && { statedCost: costs.reduce((sum, cost) => sum + cost, 0) }),
  };
}
