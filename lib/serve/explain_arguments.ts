import { type Flags, readFlags, UsageError } from "./cli_arguments.ts";

/** What `dragoman explain` is to explain, and how. */
export interface ExplainLine {
  config?: string;
  demo: boolean;
  gateway: string;
  model?: string;
  /** By name. */
  headers: Record<string, string>;
  /** JSON text. */
  body?: string;
  /** A file with the same. */
  file?: string;
  json: boolean;
  help: boolean;
}

/** The text of `explain --help`. */
export const EXPLAIN_HELP = `dragoman explain: where a request would go, and why, without sending it

usage: dragoman explain --model M [options]

  --model M          as a request writes it: dynamic/support, openai/gpt-5-mini
  --metadata JSON    the header cf-aig-metadata, such as {"plan":"paid"}
  --header "N: V"    any other header; may be repeated
  --body JSON        the request's body; --model wins over its model
  --file FILE        the same from a file
  --gateway ID       (default)
  --config FILE      configuration                    (dragoman.json, where there is one)
  --no-demo          without the provider "demo"
  --json             the whole explanation as JSON
  --help`;

const FLAGS: Flags = {
  switches: new Set(["--no-demo", "--json", "--help", "-h"]),
  values: new Set([
    "--model",
    "--metadata",
    "--header",
    "--body",
    "--file",
    "--gateway",
    "--config",
  ]),
};

/** Reads the command line strictly, as that of the server is read. */
export function parseExplainArguments(argv: readonly string[]): ExplainLine {
  const line: ExplainLine = {
    demo: true,
    gateway: "default",
    headers: {},
    json: false,
    help: false,
  };
  readFlags(argv, FLAGS, (flag, value) => {
    if (value === undefined) applySwitch(line, flag);
    else applyValue(line, flag, value);
  });
  if (line.body !== undefined && line.file !== undefined) {
    throw new UsageError("--body and --file mean the same: give one");
  }
  const named = line.model ?? line.body ?? line.file;
  if (named === undefined && !line.help) throw new UsageError("explain needs --model; see --help");
  return line;
}

function applySwitch(line: ExplainLine, flag: string): void {
  if (flag === "--no-demo") line.demo = false;
  else if (flag === "--json") line.json = true;
  else line.help = true;
}

function applyValue(line: ExplainLine, flag: string, value: string): void {
  switch (flag) {
    case "--header":
      return addHeader(line.headers, value);
    case "--metadata":
      line.headers["cf-aig-metadata"] = value;
      return;
    default:
      // The flags that are left are called as the fields are.
      line[flag.slice(2) as "model" | "body" | "file" | "gateway" | "config"] = value;
  }
}

function addHeader(headers: Record<string, string>, written: string): void {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([\x20-\x7e]*)$/.exec(written) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`--header must be "name: value", not "${written}"`);
  }
  headers[name] = value;
}
