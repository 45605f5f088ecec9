/** Sources that a provider lists beside its answer, as the citations OpenAI's clients know. */
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";

/** Where providers put them: addresses, search results, or what a research rests on. */
export const SOURCE_MEMBERS = ["citations", "search_results", "basis"] as const;

/** One source, in the order in which the text may number them. */
interface Source {
  url: string;
  title: string;
}

/** The sources of an answer, each address once. */
function sourcesOf(answer: Json): Source[] {
  const results = objectsOf(answer.search_results);
  const based = objectsOf(answer.basis).flatMap(({ citations }) => objectsOf(citations));
  const plain = Array.isArray(answer.citations) ? answer.citations : [];
  const sources = new Map<string, Source>();
  // Search results have titles, so they come first; both lists are in the order of the numbers.
  for (const each of [...results, ...plain, ...based]) {
    const url = textOf(each) ?? textOf(objectOf(each).url);
    if (url === undefined || sources.has(url)) continue;
    sources.set(url, { url, title: isObject(each) ? textOf(each.title) ?? "" : "" });
  }
  return [...sources.values()];
}

/**
 * One annotation for every mark such as `[2]` in the text, which counts sources from 1, and one without a
 * place for every source that is not marked.
 */
export function annotationsFor(answer: Json, text: string): Json[] {
  const sources = sourcesOf(answer);
  const marked = new Set<Source>();
  const places: Json[] = [];
  if (sources.length === 0) return places;
  for (const match of text.matchAll(/\[(\d{1,3})\]/g)) {
    const source = sources[Number(match[1]) - 1];
    if (source === undefined) continue;
    marked.add(source);
    places.push(annotation(source, match.index, match.index + match[0].length));
  }
  const rest = sources.filter((source) => !marked.has(source));
  return [...places, ...rest.map((source) => annotation(source, 0, 0))];
}

function annotation({ url, title }: Source, start_index: number, end_index: number): Json {
  return { type: "url_citation", url_citation: { url, title, start_index, end_index } };
}
