import { existsSync, readFileSync } from "node:fs";
import { isGatewayError } from "../errors.ts";
import type { GatewayOptions } from "../options/mod.ts";
import { VERSION } from "../version.ts";
import { type CommandLine, HELP, parseArguments, readPort, UsageError } from "./cli_arguments.ts";
import { readConfigFile } from "./config_file.ts";
import { reportDefect } from "./defect.ts";
import { configurationOf } from "./environment.ts";
import type { Env } from "./proxy_rules.ts";

/** What a command is to do, from its flags, its configuration file and the environment. */
export interface Startup {
  host: string;
  port: number;
  /** Milliseconds. */
  drainTimeout: number;
  options: GatewayOptions;
  keySources: ReadonlyMap<string, string>;
  /** The configuration file that was read. */
  config?: string;
}

const DEFAULT_CONFIG = "dragoman.json";

/** Runs `serve` with what the command line asks for; a mistake ends the process with one line. */
export async function runCommand(
  argv: readonly string[],
  serve: (startup: Startup) => Promise<void>,
): Promise<void> {
  await endingOnMistakes(async () => {
    const line = parseArguments(argv);
    if (line.show === undefined) return await serve(startupOf(line, process.env));
    console.log(line.show === "help" ? HELP : VERSION);
  });
}

/** Does a command's work; a mistake of whoever typed or configured it ends the process with one line. */
export async function endingOnMistakes(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageError) return stopWith(2, error.message);
    if (isGatewayError(error)) return stopWith(1, error.message);
    reportDefect(error);
    process.exit(1);
  }
}

/** Ends the process with a sentence for whoever started it. */
export function stopWith(code: number, message: string): never {
  console.error(`dragoman: ${message}`);
  process.exit(code);
}

function startupOf(line: CommandLine, env: Env): Startup {
  const port = line.port ?? (env.PORT ? readPort(env.PORT, "PORT") : 8787);
  const { host = "127.0.0.1", drainTimeout } = line;
  return { host, port, drainTimeout, ...configured(line, env) };
}

/** The configuration that a command works with: its file, over the environment. */
export function configured(
  line: Pick<CommandLine, "config" | "demo">,
  env: Env,
): Pick<Startup, "options" | "keySources" | "config"> {
  const config = line.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const sources = { env, readText: (path: string) => readFileSync(path, "utf8"), now: Date.now };
  const file = config === undefined ? undefined : readConfigFile(config, sources);
  const { options, keySources } = configurationOf({ ...sources, ...(file && { file }) });
  return {
    options: { ...options, demo: line.demo && (options.demo ?? true) },
    keySources,
    ...(config !== undefined && { config }),
  };
}
