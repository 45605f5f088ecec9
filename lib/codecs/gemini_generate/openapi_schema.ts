/** JSON Schema → OpenAPI's subset, all that models before 2.5 take. https://ai.google.dev/api/caching#Schema */
import type { Losses } from "../../chat/losses.ts";
import { isObject, type Json, objectOf, objectsOf, textOf } from "../../json/fields.ts";
import { joinSchemas } from "./encode_schema.ts";

const TAKEN = [
  "title",
  "description",
  "default",
  "nullable",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "minProperties",
  "maxProperties",
  "propertyOrdering",
  "example",
];

/** Understood in another way, or without a meaning of its own. */
const HANDLED = new Set([
  ...TAKEN,
  "$schema",
  "$id",
  "$comment",
  "$defs",
  "$ref",
  "definitions",
  "type",
  "enum",
  "const",
  "format",
  "items",
  "prefixItems",
  "properties",
  "required",
  "anyOf",
  "oneOf",
  "allOf",
  "examples",
  "strict",
  "readOnly",
  "writeOnly",
  "deprecated",
]);

/** The formats each type may have; every other is refused. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ["enum", "date-time"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};

/** The subset has no references: a schema that refers to itself, or to others over and over, ends somewhere. */
const DEEPEST = 8;
const MOST_SCHEMAS = 1000;

/** Rewrites one schema; its definitions are put where they are referred to. */
export function encodeOpenapiSchema(schema: Json, losses: Losses, param: string): Json {
  return new OpenapiWriter(schema, losses, param).write(schema, 0);
}

class OpenapiWriter {
  readonly #root: Json;
  readonly #losses: Losses;
  readonly #param: string;
  #written = 0;

  constructor(root: Json, losses: Losses, param: string) {
    this.#root = root;
    this.#losses = losses;
    this.#param = param;
  }

  write(given: Json, depth: number): Json {
    if (depth > DEEPEST || ++this.#written > MOST_SCHEMAS) {
      return tell({ type: "OBJECT" }, ["nested further"], this.#losses, this.#param);
    }
    const schema = this.#resolve(given);
    const told = this.#untold(schema);
    const types = [schema.type].flat().filter((type) => typeof type === "string");
    const choices = [...objectsOf(schema.anyOf), ...objectsOf(schema.oneOf)];
    const out = choices.length > 0
      ? this.#choice(schema, choices, depth)
      : types.filter((type) => type !== "null").length > 1
      ? this.#choice(
        schema,
        types.map((type) => ({ ...schema, type, description: undefined })),
        depth,
      )
      : this.#plain(schema, types, depth);
    return tell(out, told, this.#losses, this.#param);
  }

  /** What the subset cannot say at all. */
  #untold(schema: Json): string[] {
    const told = Object.entries(schema).filter(([key, value]) =>
      !HANDLED.has(key) && value !== undefined &&
      !(key === "additionalProperties" && typeof value === "boolean")
    ).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    const { format, type } = schema;
    const known = FORMATS[String(type)] ?? [];
    if (typeof format === "string" && !known.includes(format)) told.push(`format: ${format}`);
    return told;
  }

  /** Puts what is referred to in the place of the reference, each only once on the way. */
  #resolve(schema: Json, followed: readonly unknown[] = []): Json {
    const { $ref, allOf, ...rest } = schema;
    if ($ref === undefined && allOf === undefined) return schema;
    const target = followed.includes($ref) ? undefined : this.#lookUp($ref);
    const parts = [target, ...objectsOf(allOf)].filter(isObject);
    const way = [...followed, $ref];
    return joinSchemas([...parts.map((part) => this.#resolve(part, way)), rest]);
  }

  #lookUp(reference: unknown): unknown {
    if (typeof reference !== "string" || !reference.startsWith("#/")) return undefined;
    let found: unknown = this.#root;
    for (const step of reference.slice(2).split("/")) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return found;
  }

  /** On Vertex nothing may stand beside `anyOf`, so a description goes into each of them. */
  #choice(schema: Json, choices: readonly Json[], depth: number): Json {
    const real = choices.filter(({ type }) => type !== "null");
    const nullable = real.length < choices.length ? { nullable: true } : {};
    const description = textOf(schema.description);
    const written = real.map((each) => this.write(each, depth + 1))
      .map((each) => (description === undefined ? each : { description, ...each }));
    return written.length === 1 ? { ...written[0], ...nullable } : { anyOf: written, ...nullable };
  }

  #plain(schema: Json, types: readonly unknown[], depth: number): Json {
    const type = types.find((each) => each !== "null") ?? this.#typeOf(schema);
    const out: Json = {};
    if (type !== undefined) out.type = String(type).toUpperCase();
    for (const key of TAKEN) if (schema[key] !== undefined) out[key] = schema[key];
    if (types.includes("null")) out.nullable = true;
    if (FORMATS[String(type)]?.includes(String(schema.format))) out.format = schema.format;
    this.#writeEnum(schema, out);
    if (type === "array") out.items = this.write(this.#itemsOf(schema), depth + 1);
    if (isObject(schema.properties)) this.#writeProperties(schema, schema.properties, out, depth);
    return out;
  }

  #typeOf(schema: Json): string | undefined {
    if (isObject(schema.properties)) return "object";
    return isObject(schema.items) ? "array" : undefined;
  }

  #itemsOf(schema: Json): Json {
    if (isObject(schema.items)) return schema.items;
    const prefix = objectsOf(schema.prefixItems);
    return prefix.length === 0
      ? { type: "string" }
      : prefix.length === 1
      ? prefix[0]!
      : { anyOf: prefix };
  }

  /** Texts only, and no empty one; other values are listed as texts. */
  #writeEnum(schema: Json, out: Json): void {
    const values = Array.isArray(schema.enum)
      ? schema.enum
      : "const" in schema
      ? [schema.const]
      : [];
    const texts = values.filter((value) => value !== null && value !== "").map((value) =>
      typeof value === "string" ? value : JSON.stringify(value)
    );
    if (values.includes(null)) out.nullable = true;
    if (texts.length === 0) return;
    out.enum = texts;
    out.type = "STRING";
    out.format = "enum";
  }

  #writeProperties(schema: Json, properties: Json, out: Json, depth: number): void {
    const names = Object.keys(properties);
    if (names.length === 0) return;
    out.properties = Object.fromEntries(
      names.map((name) => [name, this.write(objectOf(properties[name]), depth + 1)]),
    );
    const required = Array.isArray(schema.required)
      ? schema.required.filter((name) => names.includes(String(name)))
      : [];
    if (required.length > 0) out.required = required;
    out.propertyOrdering ??= names;
  }
}

/** Puts what was lost into the description, and reports it. */
function tell(schema: Json, told: readonly string[], losses: Losses, param: string): Json {
  if (told.length === 0) return schema;
  losses.emulated(param);
  const description = [textOf(schema.description), told.join(", ")].filter(Boolean).join(" — ");
  return { ...schema, description };
}
