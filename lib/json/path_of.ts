import { isObject } from "./fields.ts";

/**
 * Where a text stands in a value, as code would write it: `messages[2].content[1].image_url` for the member there
 * that holds it, itself or among its own members. Of several places the deepest counts, since what a person says
 * may be the same text. `undefined` where it stands nowhere.
 */
export function pathOf(value: unknown, text: string): string | undefined {
  let found: readonly (string | number)[] | undefined;
  const look = (at: unknown, path: readonly (string | number)[]): void => {
    if (at === text && path.length > (found?.length ?? 0)) found = path;
    else if (Array.isArray(at)) at.forEach((each, index) => look(each, [...path, index]));
    else if (isObject(at)) {
      for (const [name, each] of Object.entries(at)) look(each, [...path, name]);
    }
  };
  look(value, []);
  return found && written(found);
}

/** The innermost member that is named and no item of a list is what people call the part. */
function written(path: readonly (string | number)[]): string {
  const owner = path.at(-2);
  const shown = typeof owner === "string" ? path.slice(0, -1) : path;
  const steps = shown.map((step) => typeof step === "number" ? `[${step}]` : `.${step}`);
  return steps.join("").replace(/^\./, "");
}
