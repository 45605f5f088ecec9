/**
 * The part of JSON Schema that Anthropic holds a model to. What lies outside is told in descriptions, so
 * that the model at least hears of it.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
import { isObject, type Json, objectOf, objectsOf } from "../../json/fields.ts";

const KEPT = new Set([
  "type",
  "properties",
  "required",
  "items",
  "enum",
  "const",
  "anyOf",
  "allOf",
  "$ref",
  "$defs",
  "definitions",
  "title",
  "description",
  "default",
  "additionalProperties",
]);
/** Say nothing about values. */
const SILENT = new Set(["$schema", "$id", "$comment", "examples", "example"]);
const FORMATS = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);
/** Keywords under which names of the caller's own stand, each with a schema. */
const NAMED = new Set(["properties", "$defs", "definitions"]);

/** A schema that is accepted, and whether it says all that was asked for. */
export interface Subset {
  schema: Json;
  whole: boolean;
}

/** Reduces a schema; the very same one is never changed. */
export function schemaSubset(schema: Json): Subset {
  const reduction = new Reduction();
  return { schema: reduction.reduce(schema), whole: reduction.whole };
}

class Reduction {
  whole = true;

  reduce(schema: Json): Json {
    const out: Json = {};
    const told: string[] = [];
    for (const [key, value] of Object.entries(schema)) {
      if (key === "oneOf") out.anyOf = this.#each(value);
      else if (this.#keeps(key, value)) out[key] = this.#within(key, value);
      else if (!SILENT.has(key)) told.push(`${key}: ${JSON.stringify(value)}`);
    }
    // Objects must be closed; one that allowed more loses that.
    if (out.type === "object" || isObject(out.properties)) {
      const { additionalProperties: more } = schema;
      if (more !== false && more !== undefined) {
        this.whole = false;
        if (isObject(more)) told.push(`additionalProperties: ${JSON.stringify(more)}`);
      }
      out.additionalProperties = false;
    }
    if (told.length === 0) return out;
    this.whole = false;
    out.description = [schema.description, told.join(", ")].filter(Boolean).join(" — ");
    return out;
  }

  #keeps(key: string, value: unknown): boolean {
    if (key === "format") return FORMATS.has(String(value));
    if (key === "minItems") return value === 0 || value === 1;
    return KEPT.has(key);
  }

  #within(key: string, value: unknown): unknown {
    if (NAMED.has(key)) {
      const entries = Object.entries(objectOf(value));
      return Object.fromEntries(entries.map(([name, each]) => [name, this.#schema(each)]));
    }
    if (key === "anyOf" || key === "allOf") return this.#each(value);
    return key === "items" ? this.#schema(value) : value;
  }

  #each(value: unknown): unknown {
    return Array.isArray(value) ? value.map((each) => this.#schema(each)) : value;
  }

  #schema(value: unknown): unknown {
    return isObject(value) ? this.reduce(value) : value;
  }
}

const COMBINATIONS = ["anyOf", "oneOf", "allOf"] as const;

/**
 * The schema of a tool's input must be an object's, and not a choice between several: such a choice
 * becomes one object with the members of all of them.
 */
export function inputSchema(parameters: Json | undefined): Subset {
  const schema = parameters ?? {};
  const variants = COMBINATIONS.flatMap((key) => objectsOf(schema[key]));
  if (variants.length === 0) {
    if (schema.type === "object" && parameters !== undefined) return { schema, whole: true };
    const { type: _, ...rest } = schema;
    return { schema: { type: "object", ...rest, ...propertiesOf(schema) }, whole: true };
  }
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const choices = { ...(anyOf !== undefined && { anyOf }), ...(oneOf !== undefined && { oneOf }) };
  const properties = Object.assign(
    {},
    ...variants.map((variant) => objectOf(variant.properties)),
    objectOf(schema.properties),
  );
  const always = [schema, ...objectsOf(allOf)].flatMap(({ required }) =>
    Array.isArray(required) ? required : []
  );
  const description = [schema.description, ...Object.entries(choices).map(told)].filter(Boolean);
  return {
    schema: {
      ...rest,
      type: "object",
      properties,
      ...(always.length > 0 && { required: [...new Set(always)] }),
      ...(description.length > 0 && { description: description.join(" — ") }),
    },
    whole: false,
  };
}

function propertiesOf({ properties }: Json): Json {
  return { properties: objectOf(properties) };
}

function told([key, value]: [string, unknown]): string {
  return `${key}: ${JSON.stringify(value)}`;
}
