/** What operators read on the console while something is done. */
export async function errorLines(work: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => void lines.push(line);
  try {
    await work();
  } finally {
    console.error = error;
  }
  return lines;
}
