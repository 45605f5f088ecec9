/** Rules about models that an operator adds to those of the providers. */
import type { ModelRule, ProviderCodec } from "../chat/codec.ts";
import { nearest } from "../nearest.ts";
import type { PricedModel } from "../policy/price_book.ts";
import { type Fault, kind, show } from "./fault.ts";
import { hidden, type Shape } from "./shapes.ts";

/** One rule; what it may say besides `match` is known to the provider's codec alone. */
export const modelRule: Shape<ModelRule> = hidden((value) => {
  const { match } = (value ?? {}) as Partial<ModelRule>;
  return typeof match === "string" && isPattern(match);
}, "an object whose match is a regular expression");

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** What the gateway itself wants to know of models, whatever they are spoken to in. */
const USUAL_OUTPUT = "usualOutput";
const MOST_OUTPUT = 10_000_000;

/** What is wrong with rules that go to a codec. */
export function modelRuleFaults(
  slug: string,
  rules: readonly ModelRule[],
  codec: ProviderCodec | undefined,
): Fault[] {
  const path = ["modelRules", slug];
  const capabilities = codec?.capabilities;
  if (capabilities === undefined) {
    return [{ path, problem: "has no rules about models: it is not a provider that takes any" }];
  }
  return rules.flatMap(({ match: _, ...rule }, at) =>
    Object.entries(rule).flatMap(([name, value]): Fault[] => {
      if (name === USUAL_OUTPUT) return usualOutputFaults(value, [...path, at, name]);
      const wanted = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
      const problem = wanted === undefined
        ? unknown(name, [USUAL_OUTPUT, ...Object.keys(capabilities)])
        : kindFault(value, wanted);
      return problem === undefined ? [] : [{ path: [...path, at, name], problem }];
    })
  );
}

function usualOutputFaults(value: unknown, path: PropertyKey[]): Fault[] {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_OUTPUT) return [];
  const problem = `must be a whole number of tokens from 1 to ${MOST_OUTPUT}, got ${show(value)}`;
  return [{ path, problem }];
}

/** Looks up how many tokens a model's answers usually have at most: the last rule that says so and fits. */
export function usualOutputs(
  rules: Iterable<readonly [slug: string, rules: readonly ModelRule[]]>,
): (model: PricedModel) => number | undefined {
  const known = new Map<string, { pattern: RegExp; tokens: number }[]>();
  for (const [slug, own] of rules) {
    const telling = own.filter((rule) => rule[USUAL_OUTPUT] !== undefined);
    const read = ({ match, usualOutput }: ModelRule) => ({
      pattern: new RegExp(match),
      tokens: Number(usualOutput),
    });
    if (telling.length > 0) known.set(slug, telling.map(read));
  }
  return ({ provider, model }) =>
    known.get(provider)?.findLast(({ pattern }) => pattern.test(model))?.tokens;
}

function unknown(name: string, known: string[]): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? `is not something a rule can say (known are match, ${known.join(", ")})`
    : `is not something a rule can say (did you mean "${meant}"?)`;
}

const KINDS = { flag: "true or false", text: "a string", list: "a list", object: "an object" };

function kindFault(value: unknown, wanted: keyof typeof KINDS): string | undefined {
  const found = kind(value);
  const fits = {
    flag: found === "a boolean",
    text: found === "a string",
    list: found === "a list",
    object: found === "an object",
  }[wanted];
  return fits ? undefined : `must be ${KINDS[wanted]}, got ${found}`;
}
