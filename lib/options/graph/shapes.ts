/** The shapes of a dynamic route's elements: what can be judged of each by itself. */
import * as v from "valibot";
import { nearest } from "../../nearest.ts";
import { kind, show } from "../fault.ts";
import { byName, exactObject, hidden, listOf, oneOf, shown, text, wholeNumber } from "../shapes.ts";
import { modelFault } from "../texts.ts";

const DAY = 86_400_000;
const YEAR = 31_536_000;
/** Beyond it sums would lose their last digits. */
const MOST = 1_000_000_000;

const id = text(
  "an element's id",
  (written) =>
    /^[\x20-\x7e]{1,128}$/.test(written)
      ? undefined
      : "must be an id: 1 to 128 printable characters",
);
const edge = exactObject({ elementId: id });
const field = text("a field, such as metadata.user_id", () => undefined);
const nothing = v.optional(exactObject({}));

const start = exactObject({
  id,
  type: oneOf("start"),
  properties: nothing,
  outputs: exactObject({ next: edge }),
});

const condition = v.optional(hidden<unknown>(() => true, "a condition"));
const conditional = exactObject({
  id,
  type: oneOf("conditional"),
  properties: exactObject({ condition, conditions: condition }),
  outputs: exactObject({ true: edge, false: edge }),
});

const percentage = exactObject({
  id,
  type: oneOf("percentage"),
  properties: v.optional(exactObject({ key: v.optional(field) })),
  outputs: byName(
    edge,
    (name) =>
      /^(?:\d{1,3}(?:\.\d{1,4})?%|else)$/.test(name)
        ? undefined
        : "is not a share: write a percentage such as 10%, or else",
  ),
});

const amount = shown<number>(
  (value) => typeof value === "number" && value > 0 && value <= MOST,
  `a number above 0, up to ${MOST}`,
);
const seconds = v.optional(wholeNumber(1, YEAR, "seconds"));
const rate = exactObject({
  id,
  type: oneOf("rate", "rate_limit"),
  properties: exactObject({
    limitType: oneOf("count", "cost"),
    key: v.optional(field),
    limit: amount,
    window: seconds,
    interval: seconds,
    technique: v.optional(oneOf("fixed", "sliding")),
  }),
  outputs: exactObject({ success: edge, fallback: v.optional(edge) }),
});

const model = exactObject({
  id,
  type: oneOf("model"),
  properties: exactObject({
    provider: text("a provider's slug", modelFault),
    model: text("a model's name", modelFault),
    timeout: v.optional(wholeNumber(0, DAY, "milliseconds")),
    retries: v.optional(wholeNumber(0, 5)),
  }),
  outputs: exactObject({ success: edge, fallback: v.optional(edge) }),
});

const end = exactObject({ id, type: oneOf("end"), properties: nothing, outputs: nothing });

const SHAPES = { start, conditional, percentage, rate, rate_limit: rate, model, end };
const TYPES = Object.keys(SHAPES);

/** Says what is wrong with the type, and nothing of the rest, which depends on it. */
const unknownType = v.pipe(
  v.object(
    {
      type: v.custom<never>(() => false, ({ input }) => {
        const meant = typeof input === "string" ? nearest(input, TYPES) : undefined;
        const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
        return `must be one of ${TYPES.join(", ")}, got ${show(input)}${hint}`;
      }),
    },
    ({ path, input }) =>
      path === undefined
        ? `must be an element, an object, got ${kind(input)}`
        : `is missing: an element has one of ${TYPES.join(", ")}`,
  ),
  v.never(),
);

const element = v.lazy((input): (typeof SHAPES)[keyof typeof SHAPES] | typeof unknownType => {
  const { type } = (input ?? {}) as { type?: unknown };
  return typeof type === "string" && Object.hasOwn(SHAPES, type)
    ? SHAPES[type as keyof typeof SHAPES]
    : unknownType;
});

/** A dynamic route. */
export const graphShape = exactObject({
  id: v.optional(text("a text", () => undefined)),
  name: v.optional(text("a text", () => undefined)),
  elements: listOf(element, "elements"),
});

export type WrittenGraph = v.InferOutput<typeof graphShape>;
export type WrittenElement = WrittenGraph["elements"][number];
export type WrittenConditional = v.InferOutput<typeof conditional>;
export type WrittenPercentage = v.InferOutput<typeof percentage>;
export type WrittenLimit = v.InferOutput<typeof rate>;
export type WrittenModel = v.InferOutput<typeof model>;
