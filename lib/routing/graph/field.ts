/** What conditions, keys of percentages and keys of limits look at: a place in a request. */
import type { HeaderReader } from "../../fetch_like.ts";
import { isObject } from "../../json/fields.ts";
import type { Metadata } from "../../policy/metadata.ts";

/** Where the fields of a request stand. */
export const SOURCES = ["metadata", "body", "headers"] as const;

/** A place in a request, such as `metadata.plan`, `body.messages.0.role` or `headers.x-tier`. */
export interface Field {
  source: (typeof SOURCES)[number];
  /** What follows the source; of a body the names and indexes on the way. */
  path: readonly string[];
  /** As it was written. */
  text: string;
}

/** What a graph knows of the request it routes. */
export interface RoutedRequest {
  metadata: Metadata;
  /** Parsed, in the caller's own dialect. */
  body: unknown;
  headers: HeaderReader;
}

/** Everything that stands at a field: nothing, one value, or several where the way leads through lists. */
export function valuesAt({ source, path }: Field, request: RoutedRequest): readonly unknown[] {
  const [name = ""] = path;
  switch (source) {
    case "metadata":
      return member(request.metadata, name);
    case "headers": {
      const value = request.headers.get(name);
      return value === null ? [] : [value];
    }
    case "body":
      return path.reduce(step, [request.body]);
  }
}

/** As MongoDB follows paths: a name that is no index looks into every element of a list. */
function step(values: readonly unknown[], name: string): readonly unknown[] {
  return values.flatMap((value) => {
    if (!Array.isArray(value)) return member(value, name);
    if (/^\d+$/.test(name)) return Number(name) < value.length ? [value[Number(name)]] : [];
    return value.flatMap((element) => member(element, name));
  });
}

function member(value: unknown, name: string): readonly unknown[] {
  return isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];
}

/** A field's value as people write it, short: for reasons that a caller reads. */
export function shownField(field: Field, request: RoutedRequest): string {
  const values = valuesAt(field, request);
  if (values.length === 0) return `${field.text} is absent`;
  const text = values.map((value) => JSON.stringify(value)).join(", ");
  return `${field.text} is ${text.length > 80 ? `${text.slice(0, 80)}…` : text}`;
}

/** One text for a field's value, by which requests are told apart; `undefined` where there is none. */
export function keyAt(field: Field, request: RoutedRequest): string | undefined {
  const values = valuesAt(field, request);
  return values.length === 0 ? undefined : JSON.stringify(values);
}
