/** JSON schemas for providers that refuse some of the language's keywords. */
import { isObject, type Json } from "./fields.ts";

/** Keywords under which names of the caller's own stand, each with a schema. */
const NAMED: ReadonlySet<string> = new Set([
  "properties",
  "$defs",
  "definitions",
  "patternProperties",
]);

/** Keywords whose values are data rather than schemas. */
const DATA: ReadonlySet<string> = new Set(["const", "default", "enum", "examples"]);

/**
 * Rewrites a schema from the inside out: `change` sees every object of it that is itself a schema, and gives
 * it back where there is nothing to do. The very same schema where nothing changed.
 */
export function mapSchema(schema: Json, change: (schema: Json) => Json): Json {
  let out = schema;
  for (const [key, value] of Object.entries(schema)) {
    const mapped = NAMED.has(key) ? inEach(value, change) : within(key, value, change);
    if (mapped === value) continue;
    if (out === schema) out = { ...schema };
    out[key] = mapped;
  }
  return change(out);
}

function within(key: string, value: unknown, change: (schema: Json) => Json): unknown {
  if (DATA.has(key)) return value;
  if (isObject(value)) return mapSchema(value, change);
  if (!Array.isArray(value)) return value;
  const items = value.map((item) => isObject(item) ? mapSchema(item, change) : item);
  return items.some((item, at) => item !== value[at]) ? items : value;
}

function inEach(value: unknown, change: (schema: Json) => Json): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, each]) =>
    [name, isObject(each) ? mapSchema(each, change) : each] as const
  );
  return entries.some(([name, each]) => value[name] !== each) ? Object.fromEntries(entries) : value;
}

/** One schema without the keywords; what they said is told in its `description`, so that the model hears of it. */
export function withoutKeywords(schema: Json, keywords: ReadonlySet<string>): Json {
  const told = Object.keys(schema).filter((key) => keywords.has(key));
  if (told.length === 0) return schema;
  const kept = Object.entries(schema).filter(([key]) => !keywords.has(key));
  const words = told.map((key) => `${key}: ${JSON.stringify(schema[key])}`).join(", ");
  const description = [schema.description, words].filter(Boolean).join(" — ");
  return { ...Object.fromEntries(kept), description };
}
