/**
 * Reads a JSON object's top-level members without building it. A 100 kB prompt is one string to skip,
 * and a body of which only `model` changes is sent on by splicing its text.
 *
 * It accepts exactly RFC 8259 and refuses what could make two readers see two different requests: a key
 * twice, or a key written with escapes.
 */
import { GatewayError } from "../errors.ts";

/** Where a member stands in the text: `keyStart`–`keyEnd` the key with its quotes, `start`–`end` the value. */
export interface JsonMember {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
}

/** A JSON object as text, with the places of its top-level members. */
export interface JsonText {
  readonly text: string;
  readonly members: ReadonlyMap<string, JsonMember>;
}

/** Deeper nesting than any request needs, and shallow enough for every engine's `JSON.parse`. */
const MAX_DEPTH = 256;

/** Throws 2100 saying what is wrong and at which character. */
export function scanObject(text: string): JsonText {
  const members = new Map<string, JsonMember>();
  let at = skipSpace(text, 0);
  if (text[at] !== "{") fail(text, at, "expected a JSON object");
  at = skipSpace(text, at + 1);
  if (text[at] !== "}") {
    for (;;) {
      const keyStart = at;
      const keyEnd = skipString(text, at);
      const key = text.slice(keyStart + 1, keyEnd - 1);
      if (key.includes("\\")) fail(text, keyStart, "a top-level key is written with escapes");
      if (members.has(key)) fail(text, keyStart, `the key "${shown(key)}" appears twice`);
      at = skipSpace(text, keyEnd);
      if (text[at] !== ":") fail(text, at, 'expected ":"');
      const start = skipSpace(text, at + 1);
      const end = skipValue(text, start);
      members.set(key, { keyStart, keyEnd, start, end });
      at = skipSpace(text, end);
      if (text[at] === "}") break;
      if (text[at] !== ",") fail(text, at, 'expected "," or "}"');
      at = skipSpace(text, at + 1);
    }
  }
  at = skipSpace(text, at + 1);
  if (at !== text.length) fail(text, at, "text after the end of the object");
  return { text, members };
}

/** The value of a top-level member, `undefined` when it is absent. */
export function readMember(object: JsonText, key: string): unknown {
  const member = object.members.get(key);
  return member === undefined ? undefined : JSON.parse(object.text.slice(member.start, member.end));
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
  }
}

/** A value of any depth, without recursion: nesting bombs cost no stack. */
function skipValue(text: string, from: number): number {
  const closers: string[] = [];
  let at = from;
  for (;;) {
    at = skipSpace(text, at);
    const opened = text[at];
    if (opened === "{" || opened === "[") {
      closers.push(opened === "{" ? "}" : "]");
      if (closers.length > MAX_DEPTH) fail(text, at, `nested deeper than ${MAX_DEPTH} levels`);
      at = skipSpace(text, at + 1);
      if (text[at] !== closers.at(-1)) {
        if (opened === "{") at = skipKey(text, at);
        continue;
      }
    } else {
      at = skipScalar(text, at);
      if (closers.length === 0) return at;
      at = skipSpace(text, at);
    }
    // After a value, or at the closer of an empty container.
    while (text[at] === closers.at(-1)) {
      closers.pop();
      at++;
      if (closers.length === 0) return at;
      at = skipSpace(text, at);
    }
    if (text[at] !== ",") fail(text, at, `expected "," or "${closers.at(-1)}"`);
    at = skipSpace(text, at + 1);
    if (closers.at(-1) === "}") at = skipKey(text, at);
  }
}

function skipKey(text: string, from: number): number {
  const at = skipSpace(text, skipString(text, from));
  if (text[at] !== ":") fail(text, at, 'expected ":"');
  return at + 1;
}

function skipScalar(text: string, at: number): number {
  if (text.charCodeAt(at) === 0x22) return skipString(text, at);
  SCALAR.lastIndex = at;
  if (!SCALAR.test(text)) fail(text, at, "expected a JSON value");
  return SCALAR.lastIndex;
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

/** Everything a string may hold up to its closing quote, which `indexOf` finds much faster than a regex. */
function skipString(text: string, from: number): number {
  if (text.charCodeAt(from) !== 0x22) fail(text, from, "expected a string");
  let quote = from;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) fail(text, from, "a string without an end");
    let slash = quote - 1;
    while (text.charCodeAt(slash) === 0x5c) slash--;
    if ((quote - slash) % 2 === 1) break;
  }
  const inside = text.slice(from + 1, quote);
  const bad = badCharacter(inside);
  if (bad >= 0) fail(text, from + 1 + bad, "a control character or a bad escape");
  return quote + 1;
}

// deno-lint-ignore no-control-regex
const SUSPECT = /[\x00-\x1f]|\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f]/;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/**
 * Where a string breaks the rules, -1 when it doesn't. One search answers for nearly every string; only a
 * pair of backslashes raises a false alarm (`\\x` is an escaped backslash and an x), and then every escape
 * is looked at. A single regex for that would keep a place to return to for each character, and 12 million
 * of them exhaust V8's stack.
 */
function badCharacter(inside: string): number {
  const suspect = inside.search(SUSPECT);
  if (suspect < 0) return -1;
  const control = inside.search(CONTROL);
  if (control >= 0) return control;
  let slash = inside.indexOf("\\");
  while (slash >= 0) {
    ESCAPE.lastIndex = slash + 1;
    if (!ESCAPE.test(inside)) return slash;
    slash = inside.indexOf("\\", ESCAPE.lastIndex);
  }
  return -1;
}

function fail(text: string, at: number, what: string): never {
  const where = at >= text.length ? "at the end" : `at character ${at}`;
  throw new GatewayError(2100, `Cannot read the body as JSON: ${what} ${where}`);
}

/** Keys come from the caller: shown short, and without anything that could break a line. */
function shown(key: string): string {
  return key.length > 40 ? key.slice(0, 40) + "…" : key;
}
