/** What holds for one model: the rules whose pattern finds its name, laid over each other. */

/** Names come from callers: what was worked out is kept for so many models. */
const MOST_MODELS = 200;

/** Gives what is known of a model, worked out once for each; of several rules the last one counts. */
export function rulesForModel<T extends object>(
  unknown: T,
  rules: readonly (Partial<T> & { readonly match: string })[],
): (model: string) => T {
  const patterns = rules.map(({ match, ...known }) => ({ pattern: new RegExp(match), known }));
  const read = new Map<string, T>();
  return (model) => {
    const earlier = read.get(model);
    if (earlier !== undefined) return earlier;
    const found = patterns.filter(({ pattern }) => pattern.test(model));
    const merged: T = Object.assign({}, unknown, ...found.map(({ known }) => known));
    if (read.size >= MOST_MODELS) read.clear();
    read.set(model, merged);
    return merged;
  };
}
