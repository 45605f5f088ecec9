/**
 * JSON Schema as Google takes it. New models take most of it, https://ai.google.dev/api/generate-content
 * (`responseJsonSchema`); old ones only OpenAPI's subset, which `openapi_schema.ts` writes. What cannot be
 * said is told in the `description` beside it, so that the model at least hears of it.
 */
import type { Losses } from "../../chat/losses.ts";
import { isObject, type Json, objectsOf } from "../../json/fields.ts";
import { mapSchema, withoutKeywords } from "../../json/schema_subset.ts";

/** Constraints that Google does not know. */
const UNKNOWN: ReadonlySet<string> = new Set([
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
  "dependentSchemas",
  "contains",
  "minContains",
  "maxContains",
  "multipleOf",
  "uniqueItems",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "unevaluatedProperties",
  "unevaluatedItems",
]);

/** Says nothing about values. */
const NOISE = ["$schema", "$comment", "strict", "readOnly", "writeOnly", "deprecated"];

/** Rewrites a schema for models that take JSON Schema; the caller's own is left alone. */
export function encodeJsonSchema(schema: Json, losses: Losses, param: string): Json {
  return mapSchema(schema, (each) => {
    const plain = withoutAllOf(withoutConst(withoutNoise(each)));
    const known = withoutKeywords(plain, UNKNOWN);
    if (known !== plain) losses.emulated(param);
    return known;
  });
}

function withoutNoise(schema: Json): Json {
  if (!NOISE.some((key) => key in schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !NOISE.includes(key)));
}

function withoutConst(schema: Json): Json {
  if (!("const" in schema)) return schema;
  const { const: value, ...rest } = schema;
  return { ...rest, enum: [value] };
}

/** Google has no `allOf`: one schema with all their members says the same where they do not contradict. */
function withoutAllOf(schema: Json): Json {
  if (!("allOf" in schema)) return schema;
  const { allOf, ...rest } = schema;
  return joinSchemas([...objectsOf(allOf), rest]);
}

/** One schema with the members of all; lists of required names add up. */
export function joinSchemas(schemas: readonly Json[]): Json {
  const merged: Json = {};
  for (const schema of schemas) {
    for (const [key, value] of Object.entries(schema)) {
      const known = merged[key];
      if (isObject(known) && isObject(value)) merged[key] = { ...known, ...value };
      else if (key === "required" && Array.isArray(known) && Array.isArray(value)) {
        merged[key] = [...new Set([...known, ...value])];
      } else merged[key] = value;
    }
  }
  return merged;
}
