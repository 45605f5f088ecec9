/** A vendor's schema → a check. OpenAPI 3.0, 3.1 and Google's discovery documents say the same in three ways. */
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import type { Node } from "./document.ts";

/** Says what is wrong with a value, `undefined` when nothing is. */
export type Validate = (value: unknown) => string | undefined;

/** Whether members may be there that the description doesn't name: never, where it says so, or always. */
export type Unnamed = "refused" | "as written" | "allowed";

/** Members of a schema that say nothing about values, or that only documents of one kind have. */
const SILENT = new Set(["default", "discriminator", "example", "examples", "format", "id"]);

/** Compiles one schema of a description, with all it refers to. */
export function compileSchema(schemas: Node, root: unknown, unnamed: Unnamed): Validate {
  const definitions: Node = {};
  const refer = (name: string, part: boolean) => {
    // What is a part of something larger must not refuse the rest of it.
    const key = part ? `${name}, in part` : name;
    if (!(key in definitions)) {
      definitions[key] = true;
      definitions[key] = convert(schemas[name], part);
    }
    return { $ref: `#/$defs/${key.replaceAll(" ", "%20")}` };
  };
  const convert = (value: unknown, part: boolean): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const node = value as Node;
    if (typeof node.$ref === "string") {
      return withNull({ ...refer(node.$ref.split("/").at(-1)!, part), nullable: node.nullable });
    }
    const out = Object.fromEntries(
      Object.entries(node).filter(([key]) => !SILENT.has(key) && !key.startsWith("x-"))
        .map(([key, inner]): [string, unknown] => [key, member(key, inner, part)]),
    );
    if (Array.isArray(out.oneOf)) {
      // Documents are careless about alternatives that overlap.
      out.anyOf = out.oneOf;
      delete out.oneOf;
    }
    return withNull(shut(typed(out, node), part ? "allowed" : unnamed));
  };
  const member = (key: string, inner: unknown, part: boolean): unknown => {
    switch (key) {
      case "properties":
        return Object.fromEntries(
          Object.entries(inner as Node).map(([name, node]) => [name, convert(node, false)]),
        );
      case "items":
      case "additionalProperties":
        return convert(inner, false);
      case "allOf":
        return (inner as unknown[]).map((each) => convert(each, true));
      case "anyOf":
      case "oneOf":
        return (inner as unknown[]).map((each) => convert(each, part));
      default:
        return inner;
    }
  };
  const schema = convert(root, false) as Node;
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
  });
  const validate = ajv.compile({ $defs: definitions, ...schema });
  return (value) => validate(value) ? undefined : told(validate.errors ?? []);
}

/** Google writes 64-bit numbers as text and takes both, has a type for anything, and says `required` in prose. */
function typed(out: Node, { type, format, required }: Node): Node {
  if (type === "any") delete out.type;
  else if (type === "string" && format === "int64") out.type = ["string", "integer"];
  if (required !== undefined && !Array.isArray(required)) delete out.required;
  return out;
}

function shut(out: Node, unnamed: Unnamed): Node {
  if (unnamed === "allowed" && out.additionalProperties === false) delete out.additionalProperties;
  if (unnamed !== "refused") return out;
  const names = out.properties !== undefined || out.allOf !== undefined;
  if (names && out.additionalProperties === undefined) out.unevaluatedProperties = false;
  return out;
}

function withNull({ nullable, ...node }: Node): Node {
  return nullable === true ? { anyOf: [node, { type: "null" }] } : node;
}

/** Every alternative complains; the deepest complaints are those of the one that was meant. */
export function told(errors: readonly ErrorObject[]): string {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split("/").length;
  const deepest = Math.max(...errors.map(depth));
  const texts = errors.filter((error) => depth(error) === deepest)
    .map(({ instancePath, message, params }) =>
      `${instancePath || "the body"} ${message} ${JSON.stringify(params)}`
    );
  return [...new Set(texts)].slice(0, 5).join("; ");
}
