/** Google's own documents of a request, compiled and closed; `undefined` where they are not at hand. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";

const DIRECTORY = process.env.SPECS_DIR ??
  fileURLToPath(new URL("../../../../shared/specs", import.meta.url));

type Node = Record<string, unknown>;

/** Says what is wrong with a value, `undefined` when nothing is. */
type Validate = (value: unknown) => string | undefined;

/** The schema of `generateContent`'s body, of the Gemini API or of Vertex AI. */
export function requestSchema(of: "gemini" | "vertex"): Validate | undefined {
  const [file, root] = of === "gemini"
    ? ["gemini.openapi.json", "GenerateContentRequest"]
    : ["google-discovery.aiplatform.v1.json", "GoogleCloudAiplatformV1GenerateContentRequest"];
  const path = `${DIRECTORY}/${file}`;
  if (!existsSync(path)) return undefined;
  const document = JSON.parse(readFileSync(path, "utf8")) as Node & { components?: Node };
  const schemas = (document.components ?? document).schemas as Node;
  return compile(schemas, root);
}

function compile(schemas: Node, root: string): Validate {
  const definitions: Node = {};
  const todo = [root];
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== "object" || value === null) return value;
    const { $ref, type, format: _, id: __, required: ___, ...rest } = value as Node;
    if (typeof $ref === "string") {
      const name = $ref.split("/").at(-1)!;
      todo.push(name);
      return { $ref: `#/$defs/${name}` };
    }
    return {
      ...Object.fromEntries(
        ["items", "allOf", "enum"].filter((key) => key in rest)
          .map((key) => [key, key === "enum" ? rest.enum : convert(rest[key])]),
      ),
      ...closed(rest, convert),
      // Proto JSON writes a 64-bit number as text, and reads both.
      ...(type !== undefined && type !== "any" &&
        { type: type === "string" && _ === "int64" ? ["string", "integer"] : type }),
    };
  };
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (name in definitions) continue;
    definitions[name] = true;
    definitions[name] = convert(schemas[name]);
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile({ $defs: definitions, $ref: `#/$defs/${root}` });
  return (value) => validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function closed(
  { properties, additionalProperties }: Node,
  convert: (value: unknown) => unknown,
): Node {
  if (properties === undefined) {
    return additionalProperties === undefined
      ? {}
      : { additionalProperties: convert(additionalProperties) };
  }
  const members = Object.entries(properties as Node).map(([name, node]) => [name, convert(node)]);
  return { properties: Object.fromEntries(members), additionalProperties: false };
}
