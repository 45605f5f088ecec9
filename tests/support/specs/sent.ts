/** What the gateway sends, checked by the specification of whoever gets it. */
import type { Node } from "./document.ts";
import { requestSchema, type Vendor } from "./mod.ts";

/** Whose specification holds for a provider, where it isn't called the same. */
const VENDOR_OF: Record<string, Vendor> = {
  openai: "openai",
  "azure-openai": "openai",
  anthropic: "anthropic",
  "google-ai-studio": "gemini",
  "google-vertex-ai": "aiplatform",
  cohere: "cohere",
  "aws-bedrock": "bedrock",
  mistral: "mistral",
  groq: "groq",
};

/** Betas are asked for by a header: what only their schema has is no fault. */
const BETA: Partial<Record<Vendor, Vendor>> = { anthropic: "anthropic-beta" };

/**
 * What a vendor's specification finds wrong with a chat request: `undefined` for nothing, null where there
 * is none to ask.
 */
export function sentFault(slug: string, path: string, body: Node): string | undefined | null {
  const vendor = vendorOf(slug, path);
  const validate = vendor && requestSchema(vendor);
  if (validate === undefined) return null;
  const said = vendor === "anthropic" ? asAnthropic(path, body) : body;
  const fault = validate(said);
  const beta = fault === undefined ? undefined : BETA[vendor!];
  return beta === undefined ? fault : requestSchema(beta)?.(said);
}

function vendorOf(slug: string, path: string): Vendor | undefined {
  if (slug === "google-vertex-ai") {
    if (path.includes("/publishers/anthropic/")) return "anthropic";
    if (path.includes("/publishers/mistralai/")) return "mistral";
    if (path.includes("/openapi/")) return undefined;
  }
  return VENDOR_OF[slug];
}

/** On Google's platform the model stands in the path, and the version in the body. */
function asAnthropic(path: string, body: Node): Node {
  if (!path.includes("/publishers/")) return body;
  const { anthropic_version: _, ...rest } = body;
  return { model: "named-in-the-path", ...rest };
}
