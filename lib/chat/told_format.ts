import type { Json } from "../json/fields.ts";

const OBJECT_ONLY = "When you answer, write one JSON object and nothing else.";

/** What a model is told that can't be held to a format by a parameter. */
export function toldFormat(schema: Json | undefined): string {
  if (schema === undefined) return OBJECT_ONLY;
  return `${OBJECT_ONLY} It must match this JSON schema:\n${JSON.stringify(schema)}`;
}
