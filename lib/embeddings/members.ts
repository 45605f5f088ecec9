/** What the codecs of embeddings do alike. */
import { foreignMembers } from "../chat/extension.ts";
import type { Losses } from "../chat/losses.ts";
import type { Extended } from "../chat/request.ts";
import { countOf, type Json } from "../json/fields.ts";
import { refuse } from "../json/read_members.ts";
import { type Purpose, purposeOf, type PurposeWords } from "./purpose.ts";
import type { EmbeddingRequest } from "./request.ts";

/** The members that callers of OpenAI's protocol name a purpose by; in it they are nothing but extensions. */
export const PURPOSE_MEMBERS: ReadonlySet<string> = new Set(["input_type", "task_type"]);

/** What other protocols' callers have said besides, as far as this one knows it; the rest is reported. */
export function takeExtras(
  request: Extended,
  protocol: string,
  known: readonly string[],
  losses: Losses,
): Json {
  const taken: Json = { ...request.extensions?.[protocol] };
  for (const [name, value] of foreignMembers(request, protocol)) {
    if (known.includes(name)) taken[name] = value;
    else if (!PURPOSE_MEMBERS.has(name)) losses.dropped(name);
  }
  return taken;
}

/**
 * Tells what becomes of the members that every caller may write: protocols that are not like OpenAI's know no user,
 * and have a name of their own for the vectors' length, or none.
 */
export function reportMembers(
  { user, dimensions }: EmbeddingRequest,
  dimensionsName: string | undefined,
  losses: Losses,
): void {
  if (user !== undefined) losses.dropped("user");
  if (dimensions === undefined || dimensionsName === "dimensions") return;
  if (dimensionsName === undefined) losses.dropped("dimensions");
  else losses.renamed("dimensions", dimensionsName);
}

/** The protocol's word for what the vectors are for; one it lacks is reported under the caller's name for it. */
export function purposeWord(
  request: EmbeddingRequest,
  words: PurposeWords,
  losses: Losses,
): string | undefined {
  const { purpose } = request;
  const word = purpose && words[purpose];
  if (word !== undefined) return word;
  const said = purposeMember(request);
  if (said !== undefined) losses.dropped(said);
  return undefined;
}

function purposeMember({ extensions = {} }: Extended): string | undefined {
  const names = Object.values(extensions).flatMap((members) => Object.keys(members));
  return names.find((name) => PURPOSE_MEMBERS.has(name));
}

/** Reads a protocol's own word; throws 2019 for one that is none. */
export function readPurpose(value: unknown, param: string): Purpose | undefined {
  if (value === undefined || value === null) return undefined;
  const purpose = typeof value === "string" ? purposeOf(value) : undefined;
  return purpose ?? refuse(param, 'a purpose such as "search_query" or "search_document"');
}

/** The inputs as texts. Throws 2019 for tokens: who encodes a request has asked what the protocol takes. */
export function textsOf({ inputs }: EmbeddingRequest): string[] {
  return inputs.map((input) => typeof input === "string" ? input : refuse("input", "text"));
}

/** The only input, where a call takes one. */
export function textOf(request: EmbeddingRequest): string {
  return textsOf(request)[0] ?? refuse("input", "text");
}

/** A request's texts, in the protocol's own body: one, or a list. */
export function readTexts(value: unknown, param: string): string[] {
  const list = typeof value === "string" ? [value] : value;
  const texts = Array.isArray(list) && list.every((each) => typeof each === "string");
  if (!texts || list.length === 0) refuse(param, "text, or a list of texts");
  return list;
}

/** The count of a response, from wherever it stands. */
export function tokensOf(...places: unknown[]): { inputTokens?: number } {
  const inputTokens = places.map(countOf).find((count) => count !== undefined);
  return inputTokens === undefined ? {} : { inputTokens };
}
