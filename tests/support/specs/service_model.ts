/** Amazon's own model of a request as a closed JSON schema; `undefined` where it is not at hand. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { told, type Validate } from "./compile.ts";
import { readDocument } from "./document.ts";

interface Member {
  shape: string;
  location?: string;
}

interface Shape {
  type: string;
  document?: boolean;
  union?: boolean;
  members?: Record<string, Member>;
  required?: string[];
  member?: Member;
  value?: Member;
  enum?: string[];
  pattern?: string;
  min?: number;
  max?: number;
}

const compiled = new Map<string, Validate | undefined>();

/** One shape of the model, by its name. */
export function shapeSchema(root: string): Validate | undefined {
  if (!compiled.has(root)) compiled.set(root, compile(root));
  return compiled.get(root);
}

function compile(root: string): Validate | undefined {
  const model = readDocument("aws-bedrock-runtime.service-2.json");
  if (model === undefined) return undefined;
  const { shapes } = model as { shapes: Record<string, Shape> };
  const $defs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, schemaOf(shape)]),
  );
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile({ $defs, $ref: `#/$defs/${root}` });
  return (value) => validate(value) ? undefined : told(validate.errors ?? []);
}

const ref = ({ shape }: Member) => ({ $ref: `#/$defs/${shape}` });

function schemaOf(shape: Shape): object | boolean {
  if (shape.document === true) return true;
  switch (shape.type) {
    case "structure":
      return structureOf(shape);
    case "list":
      return { type: "array", items: ref(shape.member!), ...bounds(shape, "Items") };
    case "map":
      return { type: "object", additionalProperties: ref(shape.value!) };
    case "string":
      return {
        type: "string",
        ...(shape.enum !== undefined && { enum: shape.enum }),
        ...(shape.pattern !== undefined && { pattern: `^(?:${shape.pattern})$` }),
        ...bounds(shape, "Length"),
      };
    case "boolean":
      return { type: "boolean" };
    case "blob":
      return { type: "string", minLength: 1 };
    case "integer":
    case "long":
      return { type: "integer", ...bounds(shape, "") };
    default:
      return { type: "number", ...bounds(shape, "") };
  }
}

function structureOf({ members = {}, required = [], union }: Shape): object {
  const sent = Object.entries(members).filter(([, { location }]) => location === undefined);
  const names = new Set(sent.map(([name]) => name));
  return {
    type: "object",
    properties: Object.fromEntries(sent.map(([name, member]) => [name, ref(member)])),
    required: required.filter((name) => names.has(name)),
    additionalProperties: false,
    ...(union === true && { minProperties: 1, maxProperties: 1 }),
  };
}

function bounds({ min, max }: Shape, of: string): object {
  return {
    ...(min !== undefined && { [of === "" ? "minimum" : `min${of}`]: min }),
    ...(max !== undefined && { [of === "" ? "maximum" : `max${of}`]: max }),
  };
}
