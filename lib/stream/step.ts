/**
 * A step is a pure machine: items in, items out, no network and no clock. Decoders and encoders are
 * steps; {@linkcode compose} joins them as functions, without a queue in between.
 */
export interface Step<In, Out> {
  /** Takes one item and gives what became ready, often nothing. */
  push(item: In): Out[];
  /** The input has ended: gives what was held back. Called once. */
  end(): Out[];
}

/** Feeds everything `first` gives into `second`. */
export function compose<A, B, C>(first: Step<A, B>, second: Step<B, C>): Step<A, C> {
  const feed = (items: B[]): C[] => {
    if (items.length === 1) return second.push(items[0] as B);
    const out: C[] = [];
    for (const item of items) {
      for (const result of second.push(item)) out.push(result);
    }
    return out;
  };
  return {
    push: (item) => feed(first.push(item)),
    end: () => [...feed(first.end()), ...second.end()],
  };
}

/** Runs a whole input through a step and collects what comes out. */
export function runStep<In, Out>(step: Step<In, Out>, input: Iterable<In>): Out[] {
  const out: Out[] = [];
  for (const item of input) out.push(...step.push(item));
  out.push(...step.end());
  return out;
}
