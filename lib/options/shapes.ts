/**
 * The shapes a configuration is made of, over valibot. Its own `strictObject` stops at the first unknown
 * key, lets keys such as `toString` pass and its `record` drops `__proto__` without a word: a configuration
 * must name every fault, so these two are written anew.
 */
import * as v from "valibot";
import { nearest } from "../nearest.ts";
import { kind, show } from "./fault.ts";

/** A schema for one written value. */
export type Shape<T> = v.GenericSchema<unknown, T>;
/** The same, for an option that may be left out. */
export type OptionalShape<T> = Shape<T | undefined>;

type Entries = v.ObjectEntries;
type PlainObject = Record<string, unknown>;

const isObject = (value: unknown): value is PlainObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Never shows the value: people write keys where an object belongs. */
const object = v.custom<PlainObject>(
  isObject,
  (issue) => `must be an object, got ${kind(issue.input)}`,
);

/** An object with these options and no others. */
export function exactObject<const E extends Entries>(
  entries: E,
): Shape<v.InferOutput<v.ObjectSchema<E, string>>> {
  const inner = v.object(entries, "is missing");
  const names = Object.keys(entries);
  return v.pipe(
    object,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const input = dataset.value;
      for (const key of Object.keys(input)) {
        if (Object.hasOwn(entries, key)) continue;
        addIssue({ message: unknownOption(key, names), path: [step(input, key)] });
      }
      const result = v.safeParse(inner, input);
      for (const { message, path } of result.issues ?? []) addIssue({ message, path });
      return result.success ? result.output : NEVER;
    }),
  );
}

function unknownOption(name: string, names: string[]): string {
  const meant = nearest(name, names);
  if (meant !== undefined) return `is not an option (did you mean "${meant}"?)`;
  return `is not an option (here are: ${names.join(", ") || "none"})`;
}

/**
 * Things by name. `check` gets each name with what is written under it, and returns what is wrong with the
 * name, if anything.
 */
export function byName<T>(
  value: Shape<T>,
  check: (name: string, written: unknown) => string | undefined,
): Shape<[name: string, value: T][]> {
  return v.pipe(
    object,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const entries: [string, T][] = [];
      let faulty = false;
      for (const [name, written] of Object.entries(dataset.value)) {
        const at = step(dataset.value, name);
        const problem = check(name, written);
        const result = v.safeParse(value, written);
        if (problem !== undefined) addIssue({ message: problem, path: [at] });
        for (const issue of result.issues ?? []) {
          addIssue({ message: issue.message, path: [at, ...(issue.path ?? [])] });
        }
        if (result.success) entries.push([name, result.output]);
        faulty ||= problem !== undefined || !result.success;
      }
      return faulty ? NEVER : entries;
    }),
  );
}

function step(input: PlainObject, key: string): v.ObjectPathItem {
  return { type: "object", origin: "value", input, key, value: input[key] };
}

/** A list of at least one. */
export function listOf<T>(value: Shape<T>, what: string): Shape<T[]> {
  return v.pipe(
    v.array(value, (issue) => `must be a list of ${what}, got ${kind(issue.input)}`),
    v.minLength(1, `is empty: list ${what}, or leave it out`),
  );
}

/** A value that a predicate accepts; the message may show what was written. */
export function shown<T>(accepts: (value: unknown) => boolean, must: string): Shape<T> {
  return v.custom<T>(accepts, (issue) => `must be ${must}, got ${show(issue.input)}`);
}

/** A value that a predicate accepts; the message never shows what was written. */
export function hidden<T>(accepts: (value: unknown) => boolean, must: string): Shape<T> {
  return v.custom<T>(accepts, (issue) => `must be ${must}, got ${kind(issue.input)}`);
}

/** A text about which `fault` has nothing to say; the message never shows what was written. */
export function text(what: string, fault: (text: string) => string | undefined): Shape<string> {
  return v.pipe(
    hidden<string>((value) => typeof value === "string", what),
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? fault(dataset.value) : undefined;
      if (problem !== undefined) addIssue({ message: problem });
    }),
  );
}

/** A whole number of `unit` within bounds. */
export function wholeNumber(from: number, to: number, unit = ""): Shape<number> {
  return shown(
    (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
    `a whole number ${unit && `of ${unit} `}from ${from} to ${to}`,
  );
}

/** A number within bounds. */
export function numberWithin(from: number, to: number): Shape<number> {
  return shown(
    (value) => typeof value === "number" && value >= from && value <= to,
    `a number from ${from} to ${to}`,
  );
}

/** `true` or `false`. */
export const flag: Shape<boolean> = shown((value) => typeof value === "boolean", "true or false");

/** One of some words. */
export function oneOf<const W extends string>(...words: W[]): Shape<W> {
  const list = words.map((word) => `"${word}"`);
  const must = list.length === 1 ? list[0]! : `${list.slice(0, -1).join(", ")} or ${list.at(-1)}`;
  return shown((value) => words.includes(value as W), must);
}

/** A function, as options that only code can give are. */
export function callable<F>(): Shape<F> {
  return hidden((value) => typeof value === "function", "a function");
}
