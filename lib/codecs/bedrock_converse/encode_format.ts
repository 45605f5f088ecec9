/** What the answer must be. https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
import type { Losses } from "../../chat/losses.ts";
import type { OutputFormat } from "../../chat/request.ts";
import { toldFormat } from "../../chat/told_format.ts";
import { isObject, type Json, present } from "../../json/fields.ts";
import { mapSchema, withoutKeywords } from "../../json/schema_subset.ts";

/** How a format is asked for: by the parameter, or in words. */
export interface EncodedFormat {
  outputConfig?: Json;
  told?: string;
}

const PARAM = "response_format";

/** Writes the format; the schema stands there as text. `native`: the model can be held to it. */
export function encodeFormat(
  format: OutputFormat | undefined,
  native: boolean,
  losses: Losses,
): EncodedFormat {
  switch (format?.type) {
    case "json":
      losses.emulated(PARAM);
      return { told: toldFormat(undefined) };
    case "json_schema": {
      const { name, schema, description } = format;
      if (native && schema !== undefined) {
        return { outputConfig: heldTo(schema, { name, ...present({ description }) }, losses) };
      }
      losses.emulated(PARAM);
      return { told: toldFormat(schema) };
    }
    default:
      return {};
  }
}

function heldTo(schema: Json, labels: Json, losses: Losses): Json {
  const subset = mapSchema(schema, reduced);
  if (subset !== schema) losses.emulated(`${PARAM}.json_schema`);
  const jsonSchema = { schema: JSON.stringify(subset), ...labels };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

/** What no model can be held to: bounds, patterns, and objects that may hold anything else. */
const LACKS: ReadonlySet<string> = new Set([
  "exclusiveMaximum",
  "exclusiveMinimum",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
  "minLength",
  "minProperties",
  "minimum",
  "multipleOf",
  "not",
  "pattern",
  "patternProperties",
  "uniqueItems",
]);

function reduced(schema: Json): Json {
  const { minItems } = schema;
  const many = typeof minItems === "number" && minItems > 1;
  const kept = withoutKeywords(schema, many ? new Set([...LACKS, "minItems"]) : LACKS);
  const { oneOf, ...rest } = kept;
  const choice = oneOf === undefined ? kept : { ...rest, anyOf: oneOf };
  const open = (choice.type === "object" || isObject(choice.properties)) &&
    choice.additionalProperties !== false;
  return open ? { ...choice, additionalProperties: false } : choice;
}
