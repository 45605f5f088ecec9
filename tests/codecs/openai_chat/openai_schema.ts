/** OpenAI's own schemas of answers, compiled; `undefined` where the document is not at hand. */
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";

const DIRECTORY = process.env.SPECS_DIR ??
  fileURLToPath(new URL("../../../../shared/specs", import.meta.url));

type Node = Record<string, unknown>;

/** Says what is wrong with a value, `undefined` when nothing is. */
export type Validate = (value: unknown) => string | undefined;

export interface AnswerSchemas {
  whole: Validate;
  chunk: Validate;
}

export function openaiSchemas(): AnswerSchemas | undefined {
  const file = `${DIRECTORY}/openai.openapi.json`;
  if (!existsSync(file)) return undefined;
  const { components } = JSON.parse(readFileSync(file, "utf8")) as {
    components: { schemas: Node };
  };
  return {
    whole: compile(components.schemas, "CreateChatCompletionResponse"),
    chunk: compile(components.schemas, "CreateChatCompletionStreamResponse"),
  };
}

function compile(schemas: Node, root: string): Validate {
  const definitions: Node = {};
  const todo = [root];
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (typeof value !== "object" || value === null) return value;
    const out: Node = {};
    for (const [key, each] of Object.entries(value)) {
      if (key === "$ref" && typeof each === "string") {
        const name = each.split("/").at(-1) ?? "";
        todo.push(name);
        out.$ref = `#/$defs/${name}`;
      } else if (key === "properties") {
        out.properties = Object.fromEntries(
          Object.entries(each as Node).map(([name, node]) => [name, convert(node)]),
        );
      } else if (key !== "discriminator" && key !== "example" && !key.startsWith("x-")) {
        out[key] = convert(each);
      }
    }
    return withNull(out);
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

/** OpenAPI 3.0 writes `nullable: true`; extra members are allowed everywhere. */
function withNull(node: Node): Node {
  const { nullable, additionalProperties, ...rest } = node;
  if (typeof additionalProperties === "object") rest.additionalProperties = additionalProperties;
  if (nullable !== true) return rest;
  return { anyOf: [rest, { type: "null" }] };
}
