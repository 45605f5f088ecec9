import { GatewayError, isGatewayError } from "../errors.ts";
import { scanObject } from "../json/scan_object.ts";
import type { GatewayOptions } from "../options/mod.ts";
import { freshText } from "./fresh_text.ts";
import type { Env } from "./proxy_rules.ts";

/** What a configuration may refer to. */
export interface ConfigSources {
  env: Env;
  /** The text of a file; throws when there is none. */
  readText: (path: string) => string;
  /** Milliseconds; absent: files are read once. */
  now?: () => number;
}

/**
 * Reads `dragoman.json`: strict JSON in which every string may be `env:NAME` or `file:/path`. Throws 2116
 * with the file's name and the place of what is wrong. What the options mean is checked by `checkOptions`.
 */
export function readConfigFile(path: string, sources: ConfigSources): GatewayOptions {
  let text: string;
  try {
    text = sources.readText(path);
  } catch (cause) {
    throw refused(`cannot read ${path}: ${reason(cause)}`, cause);
  }
  return parseConfig(text, path, sources);
}

/** The same for a text that is already here; `name` says in errors where it came from. */
export function parseConfig(text: string, name: string, sources: ConfigSources): GatewayOptions {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let value: unknown;
  try {
    value = scanObject(plain).value;
  } catch (error) {
    throw refused(`${name} is not valid JSON: ${place(error, plain)}`, error);
  }
  return resolveReferences(value, sources) as GatewayOptions;
}

/**
 * Replaces `env:NAME` and `file:/path` in every string below `value`; `path` is where it stands. A provider's key that
 * is in a file becomes a function, which gives what the file holds now.
 */
export function resolveReferences(value: unknown, sources: ConfigSources, path = ""): unknown {
  if (typeof value === "string") return resolveText(value, sources, path);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, i) => resolveReferences(item, sources, `${path}[${i}]`));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      resolveReferences(item, sources, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Where options of providers take functions: keys may be replaced while the gateway runs. */
const PROVIDER_KEY = /^providers\.[^.]+\.(?:apiKey$|keys\.)/;

function resolveText(
  text: string,
  { env, readText, now }: ConfigSources,
  path: string,
): string | (() => string) {
  if (text.startsWith("env:")) {
    const value = env[text.slice(4)];
    if (value === undefined || value === "") throw refused(`${path}: ${text} is not set`);
    return value;
  }
  if (!text.startsWith("file:")) return text;
  // Editors and `echo` end a file with a newline that is no part of a secret.
  const read = () => readText(text.slice(5)).replace(/\r?\n$/, "");
  try {
    return now !== undefined && PROVIDER_KEY.test(path) ? freshText(read, now) : read();
  } catch (cause) {
    throw refused(`${path}: ${text} cannot be read: ${reason(cause)}`, cause);
  }
}

/** What the scanner says of a request's body, said of a file: with line and column. */
function place(error: unknown, text: string): string {
  if (!isGatewayError(error)) return "malformed";
  const what = error.message.replace(/^Cannot read the body as JSON: /, "");
  const at = / at (?:character (\d+)|the end)$/.exec(what);
  if (at === null) return what;
  const before = text.slice(0, at[1] === undefined ? text.length : Number(at[1])).split("\n");
  const position = `line ${before.length}, column ${before.at(-1)!.length + 1}`;
  return `${what.slice(0, at.index)} at ${position}`;
}

/** Node's and Deno's errors begin with a code; the rest repeats the path. */
function reason(cause: unknown): string {
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "reading it is not permitted";
  if (code === "EISDIR") return "it is a folder";
  return code ?? message ?? "unknown error";
}

function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError(2116, message, { cause });
}
