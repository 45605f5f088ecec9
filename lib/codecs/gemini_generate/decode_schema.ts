/** OpenAPI's subset as Google writes it → JSON Schema: types in lower case, `nullable` as a type, counts as numbers. */
import { isObject, type Json } from "../../json/fields.ts";

const COUNTS = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

/** Rewrites a schema; one that is JSON Schema already stays as it is. */
export function decodeSchema(schema: Json): Json {
  const { nullable, propertyOrdering: _, example, type, ...rest } = schema;
  const out: Json = {};
  if (typeof type === "string") {
    const name = type.toLowerCase();
    out.type = nullable === true && rest.anyOf === undefined ? [name, "null"] : name;
  } else if (type !== undefined) out.type = type;
  for (const [key, value] of Object.entries(rest)) {
    if (key === "format" && value === "enum") continue;
    out[key] = decodeMember(key, value);
  }
  if (nullable === true && Array.isArray(out.anyOf)) out.anyOf = [...out.anyOf, { type: "null" }];
  if (example !== undefined) out.examples = [example];
  return out;
}

function decodeMember(key: string, value: unknown): unknown {
  if (COUNTS.has(key)) return Number(value);
  if (key === "properties" && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map((
        [name, each],
      ) => [name, isObject(each) ? decodeSchema(each) : each]),
    );
  }
  if (key === "items" && isObject(value)) return decodeSchema(value);
  if (key === "anyOf" && Array.isArray(value)) {
    return value.map((each) => isObject(each) ? decodeSchema(each) : each);
  }
  return value;
}
