import { type Flags, readFlags, UsageError } from "./cli_arguments.ts";

/** What `dragoman key` is asked to do. */
export interface KeyLine {
  action: "set" | "list" | "remove" | "help";
  /** Of the key; absent for `list` and `help`. */
  name?: string;
  config?: string;
}

/** The text of `key --help`. */
export const KEY_HELP = `dragoman key: providers' keys in the store, for all machines that share it

usage: dragoman key set NAME       puts the key there that it reads from its input
       dragoman key list           names, last characters and when each was set
       dragoman key remove NAME

  --config FILE      configuration                    (dragoman.json, where there is one)
  --help

The configuration names a store outside the process and a secret, and uses a key as
"apiKey": "store:NAME". Gateways that run see a change within 30 seconds.

  printf %s "$NEW_KEY" | dragoman key set openai`;

const FLAGS: Flags = {
  switches: new Set(["--help", "-h"]),
  values: new Set(["--config"]),
};

/** Reads the command line strictly; a key on it is refused, since others on the machine could read it there. */
export function parseKeyArguments(argv: readonly string[]): KeyLine {
  const { words: [action, name, ...more], flags } = apart(argv);
  const line: KeyLine = { action: "help" };
  let help = false;
  readFlags(flags, FLAGS, (_, value) => {
    if (value === undefined) help = true;
    else line.config = value;
  });
  if (help) return line;
  switch (action) {
    case "list":
      if (name !== undefined) throw new UsageError("key list takes no name; see key --help");
      return { ...line, action };
    case "set":
    case "remove":
      if (name === undefined) throw new UsageError(`key ${action} needs a name; see key --help`);
      if (more.length > 0) throw new UsageError(TOO_MANY[action]);
      return { ...line, action, name };
    default:
      throw new UsageError("key needs set, list or remove; see key --help");
  }
}

/** Words may stand before and after flags, whose errors would quote what is none of them. */
function apart(argv: readonly string[]): { words: string[]; flags: string[] } {
  const [words, flags]: [string[], string[]] = [[], []];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (!word.startsWith("-")) words.push(word);
    else flags.push(word, ...(FLAGS.values.has(word) ? argv.slice(++at, at + 1) : []));
  }
  return { words, flags };
}

const TOO_MANY = {
  set: "key set takes a name only: it reads the key from its input, not from the command line",
  remove: "key remove takes one name",
};
