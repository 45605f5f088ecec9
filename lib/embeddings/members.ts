/** What the codecs of embeddings do alike. */
import { foreignMembers } from "../chat/extension.ts";
import { Losses } from "../chat/losses.ts";
import type { Warning } from "../chat/warning.ts";
import { countOf, type Json } from "../json/fields.ts";
import { refuse } from "../json/read_members.ts";
import { type Purpose, purposeOf, type PurposeWords } from "./purpose.ts";
import type { EmbeddingRequest } from "./request.ts";

/** The members that callers of OpenAI's protocol name a purpose by; in it they are nothing but extensions. */
export const PURPOSE_MEMBERS: ReadonlySet<string> = new Set(["input_type", "task_type"]);

/** What a protocol has for the members that any caller may write. */
export interface OwnMembers {
  /** Its name: the key of its extensions. */
  protocol: string;
  /** Its name for the vectors' length; without it, it takes none. */
  dimensions?: string;
  /** Its words for what the vectors are for; without them, it doesn't ask. */
  purposes?: PurposeWords;
  /** Members of its own, which callers of other protocols may write too. */
  extras: readonly string[];
}

/** A request's members, besides its inputs, as a protocol takes them. */
export interface SpokenMembers {
  /** By the protocol's names: the length, and what is its own. */
  settings: Json;
  /** The protocol's word, if it has one. */
  purpose?: string;
  /** What it lacks, or calls by another name. */
  warnings: Warning[];
}

/** Puts members into a protocol's words; no protocol that is unlike OpenAI's knows a user. */
export function spokenMembers(request: EmbeddingRequest, own: OwnMembers): SpokenMembers {
  const losses = new Losses();
  const { dimensions: length, purposes = {}, protocol } = own;
  const { dimensions, user } = request;
  const settings: Json = { ...request.extensions?.[protocol] };
  if (user !== undefined) losses.dropped("user");
  if (dimensions !== undefined && length === undefined) losses.dropped("dimensions");
  else if (dimensions !== undefined && length !== undefined) {
    settings[length] = dimensions;
    if (length !== "dimensions") losses.renamed("dimensions", length);
  }
  const purpose = request.purpose && purposes[request.purpose];
  for (const [name, value] of foreignMembers(request, protocol)) {
    const isPurpose = PURPOSE_MEMBERS.has(name);
    if (own.extras.includes(name)) settings[name] = value;
    else if (!isPurpose || purpose === undefined) losses.dropped(name);
  }
  return { settings, ...(purpose !== undefined && { purpose }), warnings: losses.warnings };
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
