/** `response_format` in the shapes that providers know, or as words to the model where they know none. */
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json } from "../../json/fields.ts";
import { mapSchema, withoutKeywords } from "../../json/schema_subset.ts";
import type { Losses } from "../../chat/losses.ts";
import type { SchemaForm } from "./profile.ts";

const PARAM = "response_format";

/** Rewrites `response_format` in the body; gives what the model must be told instead, if anything. */
export function adaptFormat(
  profile: AppliedProfile,
  body: Json,
  stream: boolean,
  losses: Losses,
): string | undefined {
  const format = body[PARAM];
  if (!isObject(format)) return undefined;
  const told = stream && profile.jsonStreams === false;
  if (format.type === "json_object" && (told || profile.jsonObject === false)) {
    body[PARAM] = undefined;
    losses.emulated(PARAM);
    return OBJECT_ONLY;
  }
  if (format.type !== "json_schema" || !isObject(format.json_schema)) return undefined;
  const schema = schemaFor(profile, format.json_schema.schema, losses);
  const form = told ? "told" : profile.schema;
  body[PARAM] = writeSchema(form, format, format.json_schema, schema);
  if (form === "bare" || form === "schema_only") reportLabels(form, format.json_schema, losses);
  if (form !== "told" && form !== "json_object") return undefined;
  losses.emulated(PARAM);
  return `${OBJECT_ONLY} It must match this JSON schema:\n${JSON.stringify(schema ?? {})}`;
}

/** A schema alone says nothing of itself; and where it stands bare it is only aimed at. */
function reportLabels(form: SchemaForm, { description, strict }: Json, losses: Losses): void {
  if (description !== undefined) losses.dropped(`${PARAM}.json_schema.description`);
  if (form === "bare" && strict === true) losses.dropped(`${PARAM}.json_schema.strict`);
}

const OBJECT_ONLY = "Answer with one JSON object and nothing else.";

function writeSchema(
  form: SchemaForm | undefined,
  format: Json,
  envelope: Json,
  schema: unknown,
): Json | undefined {
  switch (form) {
    case "told":
      return undefined;
    case "json_object":
      return { type: "json_object" };
    case "schema_only":
      return { type: "json_schema", json_schema: { schema } };
    case "bare":
      return { type: "json_schema", json_schema: schema ?? {} };
    default:
      // OpenAI demands a name, so it is only missing where a caller wrote for somebody else.
      if (schema === envelope.schema && (form === undefined || envelope.name !== undefined)) {
        return format;
      }
      return { ...format, json_schema: { name: "response", ...envelope, schema } };
  }
}

function schemaFor({ schemaLacks }: AppliedProfile, schema: unknown, losses: Losses): unknown {
  if (schemaLacks === undefined || !isObject(schema)) return schema;
  const lacks = new Set(schemaLacks);
  const subset = mapSchema(schema, (each) => withoutKeywords(each, lacks));
  if (subset !== schema) losses.emulated(`${PARAM}.json_schema`);
  return subset;
}
