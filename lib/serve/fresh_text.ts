/** Milliseconds after which a file is read again. */
const AGE = 5000;

/**
 * The text of a file that may be replaced while the gateway runs: it is read at once, and again when somebody asks and
 * it was read more than five seconds ago. While the file is away or empty, as it is for a moment when it is written
 * anew, the last text stands. `now` is in milliseconds.
 */
export function freshText(read: () => string, now: () => number): () => string {
  let text = read();
  let readAt = now();
  return () => {
    if (now() - readAt < AGE) return text;
    readAt = now();
    try {
      text = read() || text;
    } catch {
      // Being replaced: the next reading is soon enough.
    }
    return text;
  };
}
