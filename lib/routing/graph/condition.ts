/** Conditions over a request, with MongoDB's operators and MongoDB's meaning of them. */
import type { Field, RoutedRequest } from "./field.ts";

/** Something that holds for a request or does not. */
export interface Condition {
  /** What it looks at. */
  fields: readonly Field[];
  holds(request: RoutedRequest): boolean;
}

/** What an operator compares a field with. */
export type Scalar = string | number | boolean | null;

/** Judges everything that stands at a field. */
type Test = (values: readonly unknown[]) => boolean;

/** An operator on a field, by what must be written behind it. */
export type Operator =
  | { operand: "scalar"; test: (operand: Scalar) => Test }
  | { operand: "ordered"; test: (operand: string | number) => Test }
  | { operand: "scalars"; test: (operand: readonly Scalar[]) => Test }
  | { operand: "flag"; test: (operand: boolean) => Test }
  | { operand: "pattern"; test: (operand: RegExp) => Test };

/** Operators that judge a field by themselves; `$and`, `$or` and `$not` join conditions. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: { operand: "scalar", test: isOneOf },
  $ne: { operand: "scalar", test: (operand) => not(isOneOf(operand)) },
  $gt: ordered((value, operand) => value > operand),
  $gte: ordered((value, operand) => value >= operand),
  $lt: ordered((value, operand) => value < operand),
  $lte: ordered((value, operand) => value <= operand),
  $in: { operand: "scalars", test: (operands) => isOneOf(...operands) },
  $nin: { operand: "scalars", test: (operands) => not(isOneOf(...operands)) },
  $exists: { operand: "flag", test: (operand) => (values) => (values.length > 0) === operand },
  $regex: {
    operand: "pattern",
    test: (pattern) =>
      some((value) => typeof value === "string" && pattern.test(value.slice(0, LONGEST_TEXT))),
  },
};

/** A pattern looks at the beginning of a longer text only: a prompt of megabytes would hold up everybody. */
const LONGEST_TEXT = 10_000;

/** What is not there equals null. */
function isOneOf(...operands: readonly Scalar[]): Test {
  const found = some((value) => operands.includes(value as Scalar));
  return (values) => found(values) || (values.length === 0 && operands.includes(null));
}

/** Only values of one kind have an order: 10 is neither before nor after "9". */
function ordered(
  compare: (value: string | number, operand: string | number) => boolean,
): Operator {
  return {
    operand: "ordered",
    test: (operand) =>
      some((value) => typeof value === typeof operand && compare(value as typeof operand, operand)),
  };
}

/** A list passes when it does itself, or when one of its elements does. */
function some(passes: (value: unknown) => boolean): Test {
  return (values) =>
    values.some((value) => passes(value) || (Array.isArray(value) && value.some(passes)));
}

function not(test: Test): Test {
  return (values) => !test(values);
}

/** Holds when all of the conditions do. */
export function every(conditions: readonly Condition[]): Condition {
  return joined(conditions, (request) => conditions.every(({ holds }) => holds(request)));
}

/** Holds when any of the conditions does. */
export function any(conditions: readonly Condition[]): Condition {
  return joined(conditions, (request) => conditions.some(({ holds }) => holds(request)));
}

/** Holds when the condition does not. */
export function inverse(condition: Condition): Condition {
  return joined([condition], (request) => !condition.holds(request));
}

function joined(conditions: readonly Condition[], holds: Condition["holds"]): Condition {
  const fields = new Map(
    conditions.flatMap((each) => each.fields).map((field) => [field.text, field]),
  );
  return { fields: [...fields.values()], holds };
}
