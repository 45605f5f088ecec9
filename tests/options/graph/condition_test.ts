/** Conditions of dynamic routes: what every operator means, and what is wrong with those that mean nothing. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { type Fault, pathText } from "../../../lib/options/fault.ts";
import { readCondition } from "../../../lib/options/graph/read_condition.ts";
import type { RoutedRequest } from "../../../lib/routing/graph/field.ts";

const REQUEST: RoutedRequest = {
  metadata: { plan: "paid", age: 30, beta: true, "team.name": "core" },
  body: {
    model: "dynamic/support",
    stream: false,
    seed: null,
    stop: ["a", "b"],
    messages: [{ role: "system", content: "Be brief" }, { role: "user", content: "Hello" }],
    tools: [],
  },
  headers: new Headers({ "x-tier": "gold", "x-level": "9" }),
};

function holds(written: unknown, request = REQUEST): boolean {
  const faults: Fault[] = [];
  const condition = readCondition(written, ["conditions"], faults);
  assertEquals(faults, []);
  return condition.holds(request);
}

function faultsOf(written: unknown): string[] {
  const faults: Fault[] = [];
  readCondition(written, ["conditions"], faults);
  return faults.map(({ path, problem }) => `${pathText(path)} ${problem}`);
}

/** Every operator, with a value for which it holds and one for which it does not. */
const OPERATORS: readonly [field: string, operator: string, yes: unknown, no: unknown][] = [
  ["metadata.plan", "$eq", "paid", "free"],
  ["metadata.age", "$eq", 30, "30"],
  ["metadata.beta", "$eq", true, "true"],
  ["metadata.none", "$eq", null, "x"],
  ["body.seed", "$eq", null, 0],
  ["body.stop", "$eq", "b", "c"],
  ["metadata.plan", "$ne", "free", "paid"],
  ["metadata.none", "$ne", "x", null],
  ["body.stop", "$ne", "c", "b"],
  ["metadata.age", "$gt", 29, 30],
  ["metadata.plan", "$gt", "free", "paid"],
  ["metadata.age", "$gte", 30, 31],
  ["metadata.age", "$lt", 31, 30],
  ["metadata.age", "$lte", 30, 29],
  ["headers.x-level", "$lt", "91", "10"],
  ["metadata.plan", "$in", ["free", "paid"], ["free"]],
  ["metadata.none", "$in", [null], ["x"]],
  ["body.stop", "$in", ["b", "z"], ["z"]],
  ["metadata.plan", "$nin", ["free"], ["free", "paid"]],
  ["metadata.none", "$nin", ["x"], [null]],
  ["metadata.plan", "$exists", true, false],
  ["metadata.none", "$exists", false, true],
  ["body.seed", "$exists", true, false],
  ["headers.X-Tier", "$exists", true, false],
  ["metadata.plan", "$regex", "^p.*d$", "^d"],
  ["headers.x-tier", "$regex", "old", "^old"],
  ["metadata.plan", "$not", { $eq: "free" }, { $eq: "paid" }],
  ["metadata.none", "$not", { $gt: 5 }, { $exists: false }],
  ["metadata.team.name", "$eq", "core", "other"],
  ["body.messages.1.role", "$eq", "user", "system"],
  ["body.messages.role", "$eq", "system", "assistant"],
  ["body.messages.9.role", "$exists", false, true],
];

test("every operator holds and does not", () => {
  for (const [field, operator, yes, no] of OPERATORS) {
    const name = `${field} ${operator}`;
    assertEquals(holds({ [field]: { [operator]: yes } }), true, `${name} ${JSON.stringify(yes)}`);
    assertEquals(holds({ [field]: { [operator]: no } }), false, `${name} ${JSON.stringify(no)}`);
  }
});

test("a value by itself must be equal, and what stands side by side must all hold", () => {
  assertEquals(holds({ "metadata.plan": "paid" }), true);
  assertEquals(holds({ "metadata.plan": "free" }), false);
  assertEquals(holds({ "metadata.plan": "paid", "metadata.age": 30 }), true);
  assertEquals(holds({ "metadata.plan": "paid", "metadata.age": 31 }), false);
  assertEquals(holds({ "metadata.age": { $gt: 20, $lt: 40 } }), true);
  assertEquals(holds({ "metadata.age": { $gt: 20, $lt: 30 } }), false);
});

test("conditions are joined by $and, $or and $not, to any depth", () => {
  const [yes, no] = [{ "metadata.plan": "paid" }, { "metadata.plan": "free" }];
  assertEquals([holds({ $and: [yes, yes] }), holds({ $and: [yes, no] })], [true, false]);
  assertEquals([holds({ $or: [no, yes] }), holds({ $or: [no, no] })], [true, false]);
  assertEquals([holds({ $not: no }), holds({ $not: yes })], [true, false]);
  assertEquals(holds({ $or: [no, { $and: [yes, { $not: { $or: [no, no] } }] }], ...yes }), true);
});

test("values of different kinds have no order", () => {
  for (const operator of ["$gt", "$gte", "$lt", "$lte"]) {
    assertEquals(holds({ "metadata.age": { [operator]: "3" } }), false);
    assertEquals(holds({ "metadata.beta": { [operator]: 0 } }), false);
    assertEquals(holds({ "metadata.none": { [operator]: 0 } }), false);
  }
});

test("what every object has is not there", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    assertEquals(holds({ [`metadata.${name}`]: { $exists: true } }), false);
    assertEquals(holds({ [`body.${name}.${name}`]: { $exists: true } }), false);
  }
  for (const body of [null, "text", 5, [], undefined]) {
    assertEquals(holds({ "body.model": { $exists: true } }, { ...REQUEST, body }), false);
  }
});

test("a pattern looks at the beginning of a long text", () => {
  const metadata = { long: "a".repeat(10_000) + "z" };
  assertEquals(holds({ "metadata.long": { $regex: "^a" } }, { ...REQUEST, metadata }), true);
  assertEquals(holds({ "metadata.long": { $regex: "z$" } }, { ...REQUEST, metadata }), false);
});

/** A wrong condition, and what is said of it after `conditions`. */
const WRONG: readonly [written: unknown, fault: string][] = [
  [undefined, " must be an object of fields and operators, got undefined"],
  ["x", " must be an object of fields and operators, got a string"],
  [{}, " must be an object of fields and operators, got an object"],
  [
    { plan: "x" },
    '.plan must be a field that begins with metadata., body. or headers., got "plan"',
  ],
  [
    { "metadata.plan": { $equ: "x" } },
    '["metadata.plan"]["$equ"] is not an operator (did you mean "$eq"?)',
  ],
  [
    { $nor: [] },
    '["$nor"] is not an operator (did you mean "$or"?)',
  ],
  [
    { $eq: 1 },
    '["$eq"] stands without a field: write { "metadata.plan": { … } }',
  ],
  [
    { "metadata.a": { $or: [] } },
    '["metadata.a"]["$or"] joins conditions: it cannot stand behind a field',
  ],
  [{ "metadata.a": {} }, '["metadata.a"] must be a value, or an object of operators'],
  [{ $and: {} }, '["$and"] must be a list of conditions, got an object'],
  [{ $or: [] }, '["$or"] must be a list of conditions, got an empty list'],
  [
    { $or: [{ "metadata.a": 1 }, 5] },
    '["$or"][1] must be an object of fields and operators, got a number',
  ],
  [
    { "metadata.a": { $in: "x" } },
    '["metadata.a"]["$in"] must be a list of texts, numbers, true, false or null, got "x"',
  ],
  [
    { "metadata.a": { $nin: [] } },
    '["metadata.a"]["$nin"] must be a list of texts, numbers, true, false or null, got an empty list',
  ],
  [
    { "metadata.a": [1] },
    '["metadata.a"] must be a text, a number, true, false or null, got a list',
  ],
  [{ "metadata.a": { $gt: true } }, '["metadata.a"]["$gt"] must be a number or a text, got true'],
  [{ "metadata.a": { $exists: 1 } }, '["metadata.a"]["$exists"] must be true or false, got 1'],
  [
    { "metadata.a": { $regex: "(" } },
    '["metadata.a"]["$regex"] must be a regular expression as text, got "("',
  ],
  [
    { "headers.x-level": { $gt: 5 } },
    '["headers.x-level"]["$gt"] compares a header, which is always text, with a number: write "5"',
  ],
  [
    { "headers.x-level": { $in: ["1", 2] } },
    '["headers.x-level"]["$in"] compares a header, which is always text, with a number: write "2"',
  ],
  [
    { "headers.authorization": { $exists: true } },
    '["headers.authorization"] is a header that holds a credential: choose another field',
  ],
  [{ "headers.a b": "x" }, '["headers.a b"] has a name that no header can have: "a b"'],
];

test("what means nothing is named, with its path and what would be right", () => {
  for (const [written, fault] of WRONG) assertEquals(faultsOf(written), [`conditions${fault}`]);
});

test("every fault of a condition is named", () => {
  assertEquals(faultsOf({ $and: [{ a: 1 }, { "metadata.b": { $x: 1, $gt: null } }] }).length, 3);
});

test("a condition nested without end is refused", () => {
  let written: unknown = { "metadata.a": 1 };
  for (let i = 0; i < 50; i++) written = { $not: written };
  const [fault, ...others] = faultsOf(written);
  assertEquals([fault!.endsWith("is nested deeper than 32 levels"), others], [true, []]);
  let tests: unknown = { $eq: 1 };
  for (let i = 0; i < 50; i++) tests = { $not: tests };
  assertEquals(faultsOf({ "metadata.a": tests }).length, 1);
});
