/** Cohere's own document of a request, compiled and closed; `undefined` where it, or a reader of YAML, is not at hand. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";

const DIRECTORY = process.env.SPECS_DIR ??
  fileURLToPath(new URL("../../../../shared/specs", import.meta.url));

type Node = Record<string, unknown>;

/** Says what is wrong with a value, `undefined` when nothing is. */
type Validate = (value: unknown) => string | undefined;

export async function requestSchema(): Promise<Validate | undefined> {
  const document = await readDocument();
  if (document === undefined) return undefined;
  const { paths, components } = document as {
    paths: Record<string, { post: { requestBody: { content: Record<string, { schema: Node }> } } }>;
    components: { schemas: Node };
  };
  const root = paths["/v2/chat"]!.post.requestBody.content["application/json"]!.schema;
  const $defs = Object.fromEntries(
    Object.entries(components.schemas).map(([name, node]) => [name, closed(node)]),
  );
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
  });
  const validate = ajv.compile({ $defs, ...closed(root) as Node });
  return (value) => validate(value) ? undefined : ajv.errorsText(validate.errors);
}

async function readDocument(): Promise<unknown> {
  const json = `${DIRECTORY}/cohere.openapi.json`;
  if (existsSync(json)) return JSON.parse(readFileSync(json, "utf8"));
  const yaml = `${DIRECTORY}/cohere.openapi.yaml`;
  if (!existsSync(yaml)) return undefined;
  // Not among what this package installs: who has it gets the check.
  const reader = "yaml";
  const { parse } = await import(reader).catch(() => ({})) as { parse?(text: string): unknown };
  return parse?.(readFileSync(yaml, "utf8"));
}

/** Only members the document names may be there, since Cohere refuses every other. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== "object" || node === null) return node;
  const out: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "$ref") out.$ref = `#/$defs/${String(value).split("/").at(-1)}`;
    else if (key === "properties") {
      out.properties = Object.fromEntries(
        Object.entries(value as Node).map(([name, each]) => [name, closed(each)]),
      );
      out.additionalProperties ??= false;
    } else if (key === "oneOf") out.anyOf = closed(value);
    else if (
      !["default", "discriminator", "example", "examples"].includes(key) && !key.startsWith("x-")
    ) {
      out[key] = key === "enum" ? value : closed(value);
    }
  }
  return out;
}
