import { AssertionError } from "@std/assert";
import { GatewayError } from "../../lib/errors.ts";
import { checkOptions } from "../../lib/options/mod.ts";
import type { Settings } from "../../lib/routing/settings.ts";
import { secretsIn } from "../support/canary/secrets.ts";
import { Watch } from "../support/canary/watch.ts";

/** Settings made of these options, by an application that decides itself who calls. */
export function settingsOf(options: unknown): Settings {
  return checkOptions(options, { openByDefault: true });
}

/** What the refusal of these options says after `Cannot use the configuration:`, a line a fault. */
export function faultsOf(options: unknown): string[] {
  try {
    settingsOf(options);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 2116) throw error;
    const watch = new Watch();
    watch.add(secretsIn(options));
    watch.text(error.message, "an error");
    const [head, list] = error.message.split(/:(?: |\n {2})(.*)/s);
    if (head !== "Cannot use the configuration") throw error;
    return list!.split("\n  ");
  }
  throw new AssertionError("Expected the options to be refused");
}
