/**
 * Reads a JSON object together with the places of its top-level members, so that a body of which only
 * `model` changes is sent on by splicing its text.
 *
 * Whether the text is JSON at all is the engine's own parser's to say; the scan adds what it doesn't
 * notice and what could make two readers see two different requests: a key twice, a key written with
 * escapes, and nesting deep enough to exhaust somebody's stack.
 */
import { GatewayError } from "../errors.ts";
import { findFault } from "./find_fault.ts";

/** Where a member stands in the text: `keyStart`–`keyEnd` the key with its quotes, `start`–`end` the value. */
export interface JsonMember {
  /** The opening quote. */
  readonly keyStart: number;
  /** Behind the closing quote. */
  readonly keyEnd: number;
  /** First character of the value. */
  readonly start: number;
  /** Behind the value. */
  readonly end: number;
}

/** A JSON object as text, as a value, and with the places of its top-level members. */
export interface JsonText {
  /** As it came. */
  readonly text: string;
  /** Never to be changed: every attempt to answer a request reads the same one. */
  readonly value: Readonly<Record<string, unknown>>;
  /** By key. */
  readonly members: ReadonlyMap<string, JsonMember>;
}

/** Deeper nesting than any request needs, and shallow enough for every engine's parser. */
const MAX_DEPTH = 256;

/** Throws 2100 saying what is wrong and at which character. */
export function scanObject(text: string): JsonText {
  const members = scanMembers(text);
  try {
    return { text, value: JSON.parse(text), members };
  } catch (cause) {
    const fault = findFault(text);
    return fail(fault === undefined ? "malformed" : `${fault.what} ${place(text, fault.at)}`, {
      cause,
    });
  }
}

/** The value of a top-level member, `undefined` when it is absent. */
export function readMember({ value }: JsonText, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * The texts of an array's elements; `undefined` for a text that is no array. What each of them is remains to be read.
 * Throws 2100 where they are not told apart as JSON has it.
 */
export function scanArray(text: string): string[] | undefined {
  const elements: string[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return undefined;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACKET || elements.length > 0) {
    const end = skipValue(text, at);
    if (end === at) fail(`expected a JSON value ${place(text, at)}`);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  if (text.charCodeAt(at) !== CLOSE_BRACKET) fail(`expected "," or "]" ${place(text, at)}`);
  at = skipSpace(text, at + 1);
  if (at < text.length) fail(`text after the end ${place(text, at)}`);
  return elements;
}

/** Finds the members of what looks like an object; in a text that is no JSON it may find anything. */
function scanMembers(text: string): Map<string, JsonMember> {
  const members = new Map<string, JsonMember>();
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) fail(`expected a JSON object ${place(text, at)}`);
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyStart = at;
    const keyEnd = skipString(text, at);
    const key = text.slice(keyStart + 1, keyEnd - 1);
    if (key.includes("\\")) fail(`a top-level key is written with escapes ${place(text, at)}`);
    if (members.has(key)) fail(`the key "${shown(key)}" appears twice ${place(text, at)}`);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== COLON) fail(`expected ":" ${place(text, at)}`);
    const start = skipSpace(text, at + 1);
    const end = skipValue(text, start);
    members.set(key, { keyStart, keyEnd, start, end });
    at = skipSpace(text, end);
    if (text.charCodeAt(at) !== COMMA) break;
    at = skipSpace(text, at + 1);
  }
  return members;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

function skipSpace(text: string, from: number): number {
  for (let at = from;; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
  }
}

/** A value of any depth, without recursion: nesting bombs cost no stack. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels ${place(text, at)}`);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (code === COMMA || code <= 0x20)) return at;
    at++;
  }
  return text.length;
}

/** `indexOf` finds the closing quote of a 100 kB prompt many times faster than looking at each character. */
function skipString(text: string, from: number): number {
  let quote = from;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) fail(`a string without an end ${place(text, from)}`);
    let slash = quote - 1;
    while (text.charCodeAt(slash) === BACKSLASH) slash--;
    if ((quote - slash) % 2 === 1) return quote + 1;
  }
}

function place(text: string, at: number): string {
  return at >= text.length ? "at the end" : `at character ${at}`;
}

function fail(what: string, options?: { cause: unknown }): never {
  throw new GatewayError(2100, `Cannot read the body as JSON: ${what}`, options);
}

/** Keys come from the caller: shown short. */
function shown(key: string): string {
  return key.length > 40 ? key.slice(0, 40) + "…" : key;
}
