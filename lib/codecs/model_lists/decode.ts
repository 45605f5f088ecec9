/** The lists of models of every protocol that has one, read page by page. */
import { countOf, objectOf, textOf } from "../../json/fields.ts";
import { type DecodeModels, readPage, secondsOf } from "./page.ts";

/** A page whose next one is asked for by a token. */
function token(param: string, value: unknown): Record<string, string> | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : { [param]: text };
}

/**
 * OpenAI's, https://platform.openai.com/docs/api-reference/models/list; Together's is the array without the
 * object around it.
 */
export const openaiModels: DecodeModels = (text) =>
  readPage(
    text,
    (answer) => Array.isArray(answer) ? answer : answer.data,
    ({ id, created, owned_by }) => ({
      id: textOf(id),
      created: countOf(created),
      owner: textOf(owned_by),
    }),
  );

/** Anthropic's, https://platform.claude.com/docs/en/api/models/list. */
export const anthropicModels: DecodeModels = (text) =>
  readPage(
    text,
    ({ data }) => data,
    ({ id, created_at }) => ({ id: textOf(id), created: secondsOf(created_at) }),
    ({ has_more, last_id }) => has_more === true ? token("after_id", last_id) : undefined,
  );

/** Gemini's, https://ai.google.dev/api/models#method:-models.list. */
export const geminiModels: DecodeModels = (text) =>
  readPage(
    text,
    ({ models }) => models,
    ({ name }) => ({ id: textOf(name)?.replace(/^models\//, "") }),
    ({ nextPageToken }) => token("pageToken", nextPageToken),
  );

/** Cohere's, https://docs.cohere.com/reference/list-models. */
export const cohereModels: DecodeModels = (text) =>
  readPage(
    text,
    ({ models }) => models,
    ({ name, is_deprecated }) => is_deprecated === true ? undefined : { id: textOf(name) },
    ({ next_page_token }) => token("page_token", next_page_token),
  );

/**
 * Workers AI's, https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list/: counts its
 * pages from 1; the last is not full, or holds the last of `total_count`.
 */
export const workersAiModels: DecodeModels = (text) =>
  readPage(
    text,
    ({ result }) => result,
    ({ name, created_at }) => ({ id: textOf(name), created: secondsOf(created_at) }),
    ({ result_info }, count) => {
      const { page, per_page, total_count } = objectOf(result_info);
      const [at, size] = [countOf(page), countOf(per_page)];
      if (at === undefined || size === undefined || count < size) return undefined;
      const all = countOf(total_count);
      return all !== undefined && at * size >= all ? undefined : { page: String(at + 1) };
    },
  );

/**
 * Bedrock's own models, https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html. Those
 * that can't be called on demand are left out: they are called by their inference profiles.
 */
export const bedrockModels: DecodeModels = (text) =>
  readPage(
    text,
    ({ modelSummaries }) => modelSummaries,
    ({ modelId, providerName, inferenceTypesSupported }) => {
      const ways = inferenceTypesSupported;
      if (Array.isArray(ways) && !ways.includes("ON_DEMAND")) return undefined;
      return { id: textOf(modelId), owner: textOf(providerName) };
    },
  );

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html. */
export const bedrockProfiles: DecodeModels = (text) =>
  readPage(
    text,
    ({ inferenceProfileSummaries }) => inferenceProfileSummaries,
    ({ inferenceProfileId, createdAt }) => ({
      id: textOf(inferenceProfileId),
      created: secondsOf(createdAt),
    }),
    ({ nextToken }) => token("nextToken", nextToken),
  );
