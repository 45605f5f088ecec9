/** Requests and answers, checked by the vendors' own descriptions; each is read when it is first asked for. */
import { compileSchema, type Unnamed, type Validate } from "./compile.ts";
import { type Node, readDocument } from "./document.ts";
import { shapeSchema } from "./service_model.ts";

export type { Validate };
export { shapeSchema };

/** Why a test has nothing to check by. */
export const NO_SPECS = "skipped: no vendors' specifications";

const REQUESTS = {
  openai: ["openai.openapi.json", "CreateChatCompletionRequest"],
  anthropic: ["anthropic.openapi.yaml", "CreateMessageParams"],
  "anthropic-beta": ["anthropic.openapi.yaml", "BetaCreateMessageParams"],
  gemini: ["gemini.openapi.json", "GenerateContentRequest"],
  aiplatform: [
    "google-discovery.aiplatform.v1.json",
    "GoogleCloudAiplatformV1GenerateContentRequest",
  ],
  cohere: ["cohere.openapi.yaml", "/v2/chat"],
  mistral: ["mistral.openapi.yaml", "ChatCompletionRequest"],
  groq: ["groq.openapi.yaml", "CreateChatCompletionRequest"],
} as const;

/**
 * What a vendor takes although his description doesn't name it: recorded requests with it were answered, and
 * OpenAI's own client sends back what OpenAI's messages hold.
 */
const UNNAMED: Partial<Record<Vendor, { body?: string[]; messages?: string[] }>> = {
  groq: { body: ["stream_options"] },
  openai: { messages: ["annotations"] },
};

/** Who describes what he takes. */
export type Vendor = keyof typeof REQUESTS | "bedrock";

export const VENDORS = [...Object.keys(REQUESTS), "bedrock"] as readonly Vendor[];

const compiled = new Map<string, Validate | undefined>();

/** What a vendor takes as a chat request; `undefined` where his description is not at hand. */
export function requestSchema(vendor: Vendor): Validate | undefined {
  if (vendor === "bedrock") return shapeSchema("ConverseRequest");
  const [file, root] = REQUESTS[vendor];
  const validate = schemaOf(file, root, "refused");
  const unnamed = UNNAMED[vendor];
  return unnamed === undefined
    ? validate
    : validate && ((body) => validate(without(unnamed, body)));
}

/** One schema of a description, by its name or by the path that takes it. */
export function schemaOf(file: string, root: string, unnamed: Unnamed): Validate | undefined {
  const key = `${file} ${root} ${unnamed}`;
  if (!compiled.has(key)) compiled.set(key, compile(file, root, unnamed));
  return compiled.get(key);
}

const documents = new Map<string, Node | undefined>();

function compile(file: string, root: string, unnamed: Unnamed): Validate | undefined {
  if (!documents.has(file)) documents.set(file, readDocument(file));
  const document = documents.get(file);
  if (document === undefined) return undefined;
  const schemas = ((document.components ?? document) as Node).schemas as Node;
  return compileSchema(
    schemas,
    root.startsWith("/") ? bodyOf(document, root) : schemas[root],
    unnamed,
  );
}

/** The schema of what is posted to a path. */
function bodyOf({ paths }: Node, path: string): unknown {
  const at = (node: unknown, ...names: string[]) =>
    names.reduce((inner, name) => (inner as Node)[name], node);
  return at(paths, path, "post", "requestBody", "content", "application/json", "schema");
}

function without(unnamed: { body?: string[]; messages?: string[] }, body: unknown): unknown {
  const rest = omit(body, unnamed.body ?? []);
  const { messages } = rest;
  if (unnamed.messages === undefined || !Array.isArray(messages)) return rest;
  return { ...rest, messages: messages.map((each) => omit(each, unnamed.messages!)) };
}

const omit = (object: unknown, names: readonly string[]): Node =>
  Object.fromEntries(Object.entries(object as Node).filter(([name]) => !names.includes(name)));
