/** Anthropic's own schemas, compiled; `undefined` where the document, or a reader of YAML, is not at hand. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";

const DIRECTORY = process.env.SPECS_DIR ??
  fileURLToPath(new URL("../../../../shared/specs", import.meta.url));

/** Says what is wrong with a value, `undefined` when nothing is. */
type Validate = (value: unknown) => string | undefined;

/** Finds a schema by its name. */
export type Schemas = (name: string) => Validate;

export async function anthropicSchemas(): Promise<Schemas | undefined> {
  const document = await readDocument();
  if (document === undefined) return undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  ajv.addSchema(document, "anthropic");
  return (name) => {
    const validate = ajv.compile({ $ref: `anthropic#/components/schemas/${name}` });
    return (value) => validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
}

async function readDocument(): Promise<object | undefined> {
  const json = `${DIRECTORY}/anthropic.openapi.json`;
  if (existsSync(json)) return JSON.parse(readFileSync(json, "utf8"));
  const yaml = `${DIRECTORY}/anthropic.openapi.yaml`;
  if (!existsSync(yaml)) return undefined;
  // Not among what this package installs: who has it gets the check.
  const reader = "yaml";
  const { parse } = await import(reader).catch(() => ({})) as { parse?(text: string): object };
  return parse?.(readFileSync(yaml, "utf8"));
}
