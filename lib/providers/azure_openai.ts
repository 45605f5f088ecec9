import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { OPENAI_MODELS } from "./model_rules.ts";
import type { Provider } from "./provider.ts";

/**
 * Azure OpenAI and AI Foundry, https://learn.microsoft.com/azure/ai-foundry/openai/reference: models go by the
 * names of their deployments. Keys go under a header of their own, tokens of Entra ID as everywhere.
 */
export const azureOpenai: Provider = {
  slug: "azure-openai",
  baseUrlFor: ({ resource }) => typeof resource === "string" ? azureAddress(resource) : undefined,
  settings: { resource: ["AZURE_RESOURCE_NAME", "AZURE_OPENAI_RESOURCE"] },
  address: chatAddress,
  auth: {
    header: "api-key",
    required: true,
    // Entra ID's tokens are JSON web tokens, keys are letters and digits.
    others: [{ match: /^eyJ[\w-]*\.[\w-]+\./, header: "authorization", prefix: "Bearer " }],
  },
  keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
  baseUrlVariables: ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_BASE_URL"],
  codec: openaiChat({ models: OPENAI_MODELS }),
};

/** https://learn.microsoft.com/azure/ai-services/openai/reference: the newest that is no preview. */
const API_VERSION = "2024-10-21";

/** A resource becomes part of a host's name: nothing else may. */
const RESOURCE = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

function azureAddress(resource: string): string | undefined {
  return RESOURCE.test(resource) ? `https://${resource}.openai.azure.com/openai/v1` : undefined;
}

/**
 * Where a call goes. The endpoint as the portal shows it means the present API, `/openai/v1`; one that ends in
 * `/openai/deployments`, or in a deployment's name, means the dated one, and so does Foundry's `/models`.
 */
export function chatAddress(base: string, path: string, model: string): string {
  const dated = `${path}?api-version=`;
  if (/\/openai\/deployments$/.test(base)) {
    return `${base}/${encodeURIComponent(model)}${dated}${API_VERSION}`;
  }
  if (/\/openai\/deployments\/[^/]+$/.test(base)) return `${base}${dated}${API_VERSION}`;
  if (/\.azure\.com\/models$/.test(base)) return `${base}${dated}2024-05-01-preview`;
  if (/^https:\/\/[^/]+\.azure\.com$/.test(base)) return `${base}/openai/v1${path}`;
  return /\.azure\.com\/openai$/.test(base) ? `${base}/v1${path}` : base + path;
}
