/** Arguments that come in pieces, each with the place it belongs to: `$.city`, `$.stops[0].name`. */
import { isObject, type Json, objectsOf } from "../../json/fields.ts";

type Container = Json | unknown[];

/** Puts together the arguments of one call. https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling */
export class PartialArguments {
  readonly value: Json;
  readonly #begun = new Set<string>();

  constructor(value: unknown) {
    this.value = isObject(value) ? value : {};
  }

  /** Adds the pieces of one event; the text of a place that has begun is continued. */
  add(pieces: unknown): void {
    for (const { jsonPath, ...piece } of objectsOf(pieces)) {
      if (typeof jsonPath !== "string") continue;
      put(this.value, keysOf(jsonPath), valueOf(piece), this.#begun.has(jsonPath));
      this.#begun.add(jsonPath);
    }
  }
}

function valueOf({ stringValue, numberValue, boolValue }: Json): unknown {
  return stringValue ?? numberValue ?? boolValue ?? null;
}

function keysOf(path: string): (string | number)[] {
  const steps = path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(['"])(.*?)\3\]/g);
  return [...steps].map(([, name, index, , quoted]) =>
    index === undefined ? name ?? quoted ?? "" : Number(index)
  );
}

function put(root: Json, keys: (string | number)[], value: unknown, goOn: boolean): void {
  let container: Container = root;
  for (const [at, key] of keys.entries()) {
    if (!fits(container, key)) return;
    const values = container as Record<string | number, unknown>;
    if (at < keys.length - 1) {
      const inside: unknown = values[key];
      if (typeof inside !== "object" || inside === null) {
        values[key] = typeof keys[at + 1] === "number" ? [] : {};
      }
      container = values[key] as Container;
      continue;
    }
    const before = values[key];
    const joins = goOn && typeof before === "string" && typeof value === "string";
    values[key] = joins ? before + value : value;
  }
}

/** Lists grow by one at their end: a place far out would make an endless one. */
function fits(container: Container, key: string | number): boolean {
  return Array.isArray(container)
    ? typeof key === "number" && key <= container.length
    : key !== "__proto__";
}
