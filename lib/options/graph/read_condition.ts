/** From conditions as written, in MongoDB's manner, to conditions as requests meet them. */
import { isObject, type Json } from "../../json/fields.ts";
import { nearest } from "../../nearest.ts";
import {
  any,
  type Condition,
  every,
  inverse,
  type Operator,
  OPERATORS,
  type Scalar,
} from "../../routing/graph/condition.ts";
import { type Field, valuesAt } from "../../routing/graph/field.ts";
import { type Fault, kind, show } from "../fault.ts";
import { readField } from "./read_field.ts";

type Path = readonly PropertyKey[];

/** Every operator, joining ones included. */
const NAMES = [...Object.keys(OPERATORS), "$and", "$or", "$not"];

/** Deeper than anybody nests; reading goes one call deeper each time. */
const DEEPEST = 32;

/** Reads a condition and pushes what is wrong with it; what is wrong holds for nobody. */
export function readCondition(written: unknown, path: Path, faults: Fault[], depth = 0): Condition {
  if (!isObject(written) || Object.keys(written).length === 0) {
    return faulty(path, `must be an object of fields and operators, got ${kind(written)}`, faults);
  }
  if (depth > DEEPEST) return faulty(path, `is nested deeper than ${DEEPEST} levels`, faults);
  return every(
    Object.entries(written).map(([name, value]) => {
      const at = [...path, name];
      if (name === "$and" || name === "$or") return readList(name, value, at, faults, depth);
      if (name === "$not") return inverse(readCondition(value, at, faults, depth + 1));
      if (name.startsWith("$")) return faulty(at, misplaced(name), faults);
      const field = readField(name, at, faults);
      return field === undefined ? NEVER : readTests(field, value, at, faults, depth);
    }),
  );
}

const NEVER: Condition = { fields: [], holds: () => false };

function faulty(path: Path, problem: string, faults: Fault[]): Condition {
  faults.push({ path, problem });
  return NEVER;
}

function readList(
  name: string,
  written: unknown,
  path: Path,
  faults: Fault[],
  depth: number,
): Condition {
  if (!Array.isArray(written) || written.length === 0) {
    return faulty(path, `must be a list of conditions, got ${emptyOr(written)}`, faults);
  }
  const conditions = written.map((each, at) =>
    readCondition(each, [...path, at], faults, depth + 1)
  );
  return name === "$and" ? every(conditions) : any(conditions);
}

/** What stands behind a field: a value it must have, or operators that must all be content. */
function readTests(
  field: Field,
  written: unknown,
  path: Path,
  faults: Fault[],
  depth: number,
): Condition {
  if (!isObject(written)) return readTest(field, "$eq", written, path, faults);
  const names = Object.keys(written);
  if (names.length === 0 || depth > DEEPEST) {
    return faulty(path, "must be a value, or an object of operators", faults);
  }
  return every(names.map((name) => readOperator(field, name, written, path, faults, depth)));
}

function readOperator(
  field: Field,
  name: string,
  operators: Json,
  path: Path,
  faults: Fault[],
  depth: number,
): Condition {
  const at = [...path, name];
  if (name === "$not") return inverse(readTests(field, operators[name], at, faults, depth + 1));
  if (Object.hasOwn(OPERATORS, name)) return readTest(field, name, operators[name], at, faults);
  return faulty(at, misplaced(name), faults);
}

function misplaced(name: string): string {
  if (Object.hasOwn(OPERATORS, name)) {
    return 'stands without a field: write { "metadata.plan": { … } }';
  }
  if (name === "$and" || name === "$or") return "joins conditions: it cannot stand behind a field";
  const meant = nearest(name, NAMES);
  return `is not an operator (${
    meant === undefined ? `known are ${NAMES.join(", ")}` : `did you mean "${meant}"?`
  })`;
}

function readTest(
  field: Field,
  name: string,
  operand: unknown,
  path: Path,
  faults: Fault[],
): Condition {
  const operator = OPERATORS[name]!;
  const problem = operandFault(field, operator.operand, operand);
  if (problem !== undefined) return faulty(path, problem, faults);
  const test = testOf(operator, operand);
  return { fields: [field], holds: (request) => test(valuesAt(field, request)) };
}

/** What cannot stand behind an operator, if anything. */
function operandFault(
  { source }: Field,
  wanted: Operator["operand"],
  operand: unknown,
): string | undefined {
  const values = wanted === "scalars" && Array.isArray(operand) ? operand : [operand];
  const number = values.find((value) => typeof value === "number");
  if (source === "headers" && number !== undefined) {
    return `compares a header, which is always text, with a number: write "${number}"`;
  }
  if (FITS[wanted](operand)) return undefined;
  return `must be ${WANTED[wanted]}, got ${emptyOr(operand)}`;
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const FITS: Record<Operator["operand"], (operand: unknown) => boolean> = {
  scalar: isScalar,
  ordered: (operand) => typeof operand === "string" || typeof operand === "number",
  scalars: (operand) => Array.isArray(operand) && operand.length > 0 && operand.every(isScalar),
  flag: (operand) => typeof operand === "boolean",
  pattern: isPattern,
};

const WANTED: Record<Operator["operand"], string> = {
  scalar: "a text, a number, true, false or null",
  ordered: "a number or a text",
  scalars: "a list of texts, numbers, true, false or null",
  flag: "true or false",
  pattern: "a regular expression as text",
};

function isPattern(source: unknown): boolean {
  try {
    return typeof source === "string" && Boolean(new RegExp(source, "u"));
  } catch {
    return false;
  }
}

function testOf(operator: Operator, operand: unknown): (values: readonly unknown[]) => boolean {
  switch (operator.operand) {
    case "pattern":
      return operator.test(new RegExp(operand as string, "u"));
    case "scalars":
      return operator.test(operand as Scalar[]);
    case "flag":
      return operator.test(operand as boolean);
    case "ordered":
      return operator.test(operand as string | number);
    case "scalar":
      return operator.test(operand as Scalar);
  }
}

function emptyOr(value: unknown): string {
  return Array.isArray(value) && value.length === 0 ? "an empty list" : show(value);
}
