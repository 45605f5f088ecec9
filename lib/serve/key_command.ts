/** `dragoman key`: providers' keys in the store. */
import { systemClock } from "../clock.ts";
import { GatewayError } from "../errors.ts";
import { keyOf, keysIn, nameOf } from "../options/mod.ts";
import type { Settings } from "../routing/settings.ts";
import { KeySafe } from "../store/key_safe.ts";
import { UsageError } from "./cli_arguments.ts";
import { withDoor } from "./command_door.ts";
import { KEY_HELP, type KeyLine, parseKeyArguments } from "./key_arguments.ts";
import { endingOnMistakes } from "./startup.ts";

/** Does what the command line says; exits by itself on a mistake. */
export function runKey(argv: readonly string[]): Promise<void> {
  return endingOnMistakes(async () => {
    const line = parseKeyArguments(argv);
    if (line.action === "help") return console.log(KEY_HELP);
    await withDoor({ demo: false, ...line }, ({ settings }) => work(line, safeOf(settings)));
  });
}

function safeOf({ store, sealFor }: Settings): KeySafe {
  if (sealFor !== undefined) return new KeySafe(store, sealFor("provider-keys"));
  throw new GatewayError(
    2116,
    "Keys are shared in a store outside the process, and sealed there: the configuration needs both store and secret",
  );
}

async function work({ action, name = "" }: KeyLine, safe: KeySafe): Promise<void> {
  switch (action) {
    case "set":
      await safe.put(nameOf(name), { text: keyOf(await readKey()), since: systemClock.now() });
      return console.log(`${name} is in the store: use it as "apiKey": "store:${name}"`);
    case "remove":
      if (await safe.remove(nameOf(name))) return console.log(`${name} is no longer in the store`);
      throw new UsageError(`there is no key ${name} in the store`);
    default:
      for (const { name, ending, since } of await keysIn(safe)) {
        console.log(`${name.padEnd(24)} ${(ending ? `…${ending}` : "").padEnd(6)} set ${since}`);
      }
  }
}

/** All of the input, without the line's end that files and `echo` bring. */
async function readKey(): Promise<string> {
  if (process.stdin.isTTY) {
    throw new UsageError(
      'key set reads the key from its input: printf %s "$KEY" | dragoman key set NAME',
    );
  }
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8")) text += piece;
  return text.replace(/\r?\n$/, "");
}
