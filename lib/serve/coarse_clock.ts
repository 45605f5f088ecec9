import { type Clock, systemClock } from "../clock.ts";

/** From here on nobody minds half a second. */
const LONG = 5000;
const GRAIN = 500;

/** Tasks due in the same half second, on one timer. */
interface Bucket {
  /** By what calls each off. */
  tasks: Map<() => void, () => void>;
  cancel: () => void;
}

/**
 * The machine's clock for a server with many requests at once: waits of five seconds and more may end up
 * to half a second late. Every request has a deadline of minutes, which nearly none reaches; a timer of
 * its own costs 1–6 µs to set and clear, a place in a shared one a tenth of that.
 *
 * Not for Workers, where a timer belongs to the request that set it.
 */
export function createCoarseClock(clock: Clock = systemClock): Clock {
  const buckets = new Map<number, Bucket>();
  /** Half seconds are counted from here, since engines find small whole numbers soonest. */
  const begun = clock.now();

  function open(due: number, ms: number): Bucket {
    const tasks: Bucket["tasks"] = new Map();
    const cancel = clock.after(ms, () => {
      buckets.delete(due);
      for (const task of tasks.values()) task();
    });
    const bucket = { tasks, cancel };
    buckets.set(due, bucket);
    return bucket;
  }

  return {
    now: () => clock.now(),
    after(ms, task) {
      if (ms < LONG) return clock.after(ms, task);
      const passed = clock.now() - begun;
      const due = Math.ceil((passed + ms) / GRAIN);
      const bucket = buckets.get(due) ?? open(due, due * GRAIN - passed);
      const cancel = () => {
        // An empty bucket's timer would keep a finished process alive.
        if (!bucket.tasks.delete(cancel) || bucket.tasks.size > 0) return;
        bucket.cancel();
        buckets.delete(due);
      };
      bucket.tasks.set(cancel, task);
      return cancel;
    },
  };
}
