/** What vectors are for: models that tell a query from a document each have words of their own for it. */

/** In no provider's words. */
export type Purpose =
  | "query"
  | "document"
  | "classification"
  | "clustering"
  | "similarity"
  | "question"
  | "fact_check"
  | "code_query";

/** A protocol's own words. */
export type PurposeWords = Readonly<Partial<Record<Purpose, string>>>;

/** The words that callers use, whichever provider they learnt them from. */
const KNOWN: Readonly<Record<string, Purpose>> = {
  query: "query",
  search_query: "query",
  retrieval_query: "query",
  document: "document",
  passage: "document",
  search_document: "document",
  retrieval_document: "document",
  classification: "classification",
  clustering: "clustering",
  similarity: "similarity",
  semantic_similarity: "similarity",
  question_answering: "question",
  fact_verification: "fact_check",
  code_retrieval_query: "code_query",
};

/** Reads a word in any provider's spelling; `undefined` for one that nobody uses. */
export function purposeOf(word: string): Purpose | undefined {
  const plain = word.toLowerCase();
  return Object.hasOwn(KNOWN, plain) ? KNOWN[plain] : undefined;
}
