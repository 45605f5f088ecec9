/** JSON schemas for providers that refuse some of the language's keywords. */
import { isObject, type Json } from "../../json/fields.ts";

/** Keywords under which names of the caller's own stand, each with a schema. */
const NAMED = new Set(["properties", "$defs", "definitions", "patternProperties"]);

/**
 * The schema without the keywords; what they said is told in the `description` beside them, so that the
 * model at least hears of it. The very same schema where it has none.
 */
export function withoutKeywords(schema: Json, keywords: readonly string[]): Json {
  const out: Json = {};
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (keywords.includes(key)) told.push(`${key}: ${JSON.stringify(value)}`);
    else out[key] = NAMED.has(key) ? inEach(value, keywords) : within(value, keywords);
  }
  if (told.length > 0) {
    out.description = [schema.description, told.join(", ")].filter(Boolean).join(" — ");
  }
  return Object.keys(out).some((key) => out[key] !== schema[key]) || told.length > 0 ? out : schema;
}

function within(value: unknown, keywords: readonly string[]): unknown {
  if (isObject(value)) return withoutKeywords(value, keywords);
  if (!Array.isArray(value)) return value;
  const items = value.map((item) => within(item, keywords));
  return items.some((item, at) => item !== value[at]) ? items : value;
}

function inEach(value: unknown, keywords: readonly string[]): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, schema]) => [name, within(schema, keywords)]);
  return entries.some(([name, schema]) => value[String(name)] !== schema)
    ? Object.fromEntries(entries)
    : value;
}
