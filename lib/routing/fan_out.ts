import { Departure } from "../upstream/departure.ts";

/**
 * Does something for every item, so many at a time, and gives the results in the items' order. The first failure,
 * and a caller who leaves, call off what is still running; nothing goes on after the promise has settled.
 */
export async function fanOut<Item, Result>(
  items: readonly Item[],
  width: number,
  departure: Departure,
  task: (item: Item, departure: Departure) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const running = new Set<Departure>();
  const callOff = () => running.forEach((own) => own.leave());
  departure.callsOff(callOff);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const work = async () => {
    while (next < items.length && failure === undefined) {
      const at = next++;
      const own = new Departure();
      running.add(own);
      if (departure.gone) own.leave();
      try {
        results[at] = await task(items[at]!, own);
      } catch (error) {
        failure ??= { error };
        callOff();
      } finally {
        running.delete(own);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  if (failure !== undefined) throw failure.error;
  return results;
}
