/** An answer of any OpenAI-like provider → neutral. https://platform.openai.com/docs/api-reference/embeddings/object */
import type { AnswerDefaults } from "../../chat/codec.ts";
import { statedCostOf } from "../../chat/stated_cost.ts";
import { tokensOf } from "../../embeddings/members.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { bytesOfBase64, type Vector, vectorsOf } from "../../embeddings/vector.ts";
import {
  isObject,
  type Json,
  objectOf,
  objectsOf,
  parseJson,
  present,
  restOf,
  textOf,
} from "../../json/fields.ts";
import { extend, type OpenAIEmbeddingsProfile } from "./profile.ts";

const MEMBERS: ReadonlySet<string> = new Set(["object", "data", "model", "usage"]);
const COUNTS: ReadonlySet<string> = new Set(["prompt_tokens", "total_tokens"]);

/** Reads an answer; `undefined` for text that holds no vectors. */
export function decodeResponse(
  { encoding }: OpenAIEmbeddingsProfile,
  text: string,
  defaults: Pick<AnswerDefaults, "model">,
): EmbeddingResponse | undefined {
  const answer = parseJson(text);
  if (!isObject(answer)) return undefined;
  const rows = inOrder(objectsOf(answer.data));
  const vectors = encoding === "base64_int8" ? rows.map(signedBytes) : rows;
  const found = vectorsOf(vectors);
  if (found === undefined) return undefined;
  const usage = objectOf(answer.usage);
  const more = restOf(usage, COUNTS);
  return {
    model: textOf(answer.model) ?? defaults.model,
    vectors: found,
    ...tokensOf(usage.prompt_tokens, usage.total_tokens),
    ...present({ statedCost: statedCostOf(usage) }),
    ...extend({
      ...restOf(answer, MEMBERS),
      ...(Object.keys(more).length > 0 && { usage: more }),
    }),
  };
}

/** By `index` where every row has one of its own, else as they came. */
function inOrder(rows: Json[]): unknown[] {
  const vectors: unknown[] = rows.map(({ embedding }) => embedding);
  const places = rows.map(({ index }) => index);
  const named = new Set(places).size === rows.length &&
    places.every((at) =>
      typeof at === "number" && at >= 0 && at < rows.length && Number.isInteger(at)
    );
  if (!named) return vectors;
  const ordered = new Array<unknown>(rows.length);
  places.forEach((at, row) => ordered[at as number] = vectors[row]);
  return ordered;
}

/** Perplexity quantizes its vectors: each byte is a number from -128 to 127. */
function signedBytes(value: unknown): Vector | undefined {
  const bytes = typeof value === "string" ? bytesOfBase64(value) : undefined;
  return bytes && Array.from(bytes, (byte) => byte > 127 ? byte - 256 : byte);
}
