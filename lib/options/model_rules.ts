/** Rules about models that an operator adds to those of the providers. */
import type { ModelRule, ProviderCodec } from "../chat/codec.ts";
import { nearest } from "../nearest.ts";
import { type Fault, kind } from "./fault.ts";
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
      const wanted = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
      const problem = wanted === undefined
        ? unknown(name, Object.keys(capabilities))
        : kindFault(value, wanted);
      return problem === undefined ? [] : [{ path: [...path, at, name], problem }];
    })
  );
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
