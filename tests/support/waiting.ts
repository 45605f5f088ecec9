export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until `condition` holds, asking `every` so many milliseconds; fails after `ms` of them. */
export async function until(
  condition: () => boolean,
  what: string,
  ms = 1000,
  every = 3,
): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never happened within ${ms} ms: ${what}`);
    await pause(every);
  }
}

/** The promise's value; fails when it takes longer than `ms` milliseconds. */
export async function within<T>(promise: Promise<T>, what: string, ms = 3000): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
