/** What the command line says; what it leaves out is absent. */
export interface CommandLine {
  port?: number;
  host?: string;
  config?: string;
  demo: boolean;
  /** Milliseconds. */
  drainTimeout: number;
  show?: "help" | "version";
}

/** A mistake on the command line; the message is one line for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The text of `--help`. */
export const HELP = `dragoman: one address for every AI provider

usage: dragoman [options]
       dragoman explain --model M ...   where a request would go; see explain --help
       dragoman key set NAME ...        providers' keys in the store; see key --help

  --port N           port, 0 for any free one         (PORT, else 8787)
  --host H           address to listen on             (127.0.0.1)
  --config FILE      configuration                    (dragoman.json, where there is one)
  --drain-timeout S  seconds that running answers get after SIGTERM  (25)
  --no-demo          without the provider "demo"
  --version, --help

Provider keys come from the configuration or the environment: OPENAI_API_KEY,
DRAGOMAN_<PROVIDER>_API_KEY, DRAGOMAN_<PROVIDER>_BASE_URL. Who may call is set by
DRAGOMAN_ACCESS_KEYS (comma separated) or DRAGOMAN_OPEN=1.`;

/** The flags of a command. */
export interface Flags {
  /** Stand by themselves. */
  switches: ReadonlySet<string>;
  /** Need a value. */
  values: ReadonlySet<string>;
}

const FLAGS: Flags = {
  switches: new Set(["--no-demo", "--help", "-h", "--version", "-v"]),
  values: new Set(["--port", "--host", "--config", "--drain-timeout"]),
};

/** Reads the command line strictly: a flag that isn't known is an error, never ignored. */
export function parseArguments(argv: readonly string[]): CommandLine {
  const line: CommandLine = { demo: true, drainTimeout: 25_000 };
  readFlags(argv, FLAGS, (flag, value) => {
    if (value === undefined) applySwitch(line, flag);
    else applyValue(line, flag, value);
  });
  return line;
}

/** Hands on each flag with its value; throws {@linkcode UsageError} for what is none, lacks one or has one too many. */
export function readFlags(
  argv: readonly string[],
  { switches, values }: Flags,
  take: (flag: string, value?: string) => void,
): void {
  for (let i = 0; i < argv.length; i++) {
    const [flag, attached] = split(argv[i]!);
    if (switches.has(flag)) {
      if (attached !== undefined) throw new UsageError(`${flag} takes no value`);
      take(flag);
    } else if (values.has(flag)) {
      const value = attached ?? argv[++i];
      if (
        value === undefined || value === "" || (attached === undefined && value.startsWith("--"))
      ) {
        throw new UsageError(`${flag} needs a value`);
      }
      take(flag, value);
    } else {
      throw new UsageError(
        `unknown ${flag.startsWith("-") ? "option" : "argument"} ${flag}; see --help`,
      );
    }
  }
}

/** A TCP port; `name` is what it was given as. */
export function readPort(text: string, name: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new UsageError(`${name} must be a port, 0 to 65535, not "${text}"`);
  return port;
}

function split(argument: string): [flag: string, attached?: string] {
  const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
  return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

function applySwitch(line: CommandLine, flag: string): void {
  if (flag === "--no-demo") line.demo = false;
  else line.show = flag === "--help" || flag === "-h" ? "help" : "version";
}

function applyValue(line: CommandLine, flag: string, value: string): void {
  if (flag === "--port") line.port = readPort(value, flag);
  else if (flag === "--host") line.host = value;
  else if (flag === "--config") line.config = value;
  else {
    const seconds = Number(value);
    if (!(seconds >= 0 && seconds <= 86_400)) {
      throw new UsageError(`--drain-timeout must be a number of seconds, not "${value}"`);
    }
    line.drainTimeout = seconds * 1000;
  }
}
