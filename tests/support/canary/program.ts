import { secretsInEnvironment, worthWatching } from "./secrets.ts";
import { Watch } from "./watch.ts";

/** Watches what a program says that was started with these variables, and perhaps told a secret: gives it back. */
export function watchProgram(
  env: Record<string, string | undefined>,
  told: readonly string[] = [],
): (said: string) => string {
  const watch = new Watch();
  watch.add([...secretsInEnvironment(env), ...worthWatching(told)]);
  return (said) => {
    watch.text(said, "what a program says");
    return said;
  };
}
