/** What holds for one model: the rules whose pattern finds its name, laid over each other. */

/** Names come from callers: what was worked out is kept for so many models. */
const MOST_MODELS = 200;

/** Works something out once for each model. */
export function onceForModel<T>(workOut: (model: string) => T): (model: string) => T {
  const known = new Map<string, T>();
  return (model) => {
    const earlier = known.get(model);
    if (earlier !== undefined) return earlier;
    const found = workOut(model);
    if (known.size >= MOST_MODELS) known.clear();
    known.set(model, found);
    return found;
  };
}

/** Gives what is known of a model, worked out once for each; of several rules the last one counts. */
export function rulesForModel<T extends object>(
  unknown: T,
  rules: readonly (Partial<T> & { readonly match: string })[],
): (model: string) => T {
  const patterns = rules.map(({ match, ...known }) => ({ pattern: new RegExp(match), known }));
  return onceForModel((model) => {
    const found = patterns.filter(({ pattern }) => pattern.test(model));
    return Object.assign({}, unknown, ...found.map(({ known }) => known));
  });
}
