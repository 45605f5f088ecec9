import { pathSegment } from "../chat/path_segment.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { readEntraCredential } from "./entra_credential.ts";
import { OPENAI_MODELS } from "./model_rules.ts";
import { decodedPath, noSuchPlace, pathOfSteps, stepsOf } from "./native_address.ts";
import type {
  NativeAddress,
  NativeCall,
  NativeProvider,
  Provider,
  ProviderPlace,
} from "./provider.ts";

/**
 * Azure OpenAI and AI Foundry, https://learn.microsoft.com/azure/ai-foundry/openai/reference: models go by the
 * names of their deployments. Keys go under a header of their own, tokens of Entra ID as everywhere, whether they are
 * brought or got for an application there.
 */
export const azureOpenai: Provider = {
  slug: "azure-openai",
  baseUrlFor: azureAddress,
  nativeAddress: (call) => nativeAzureAddress(call, OPENAI_HOST),
  settings: {
    resource: ["AZURE_RESOURCE_NAME", "AZURE_OPENAI_RESOURCE"],
    apiVersion: ["AZURE_OPENAI_API_VERSION", "AZURE_API_VERSION", "OPENAI_API_VERSION"],
    tokenUrl: [],
  },
  readKey: readEntraCredential,
  keyParts: {
    tenantId: { variables: ["AZURE_TENANT_ID"] },
    clientId: { variables: ["AZURE_CLIENT_ID"] },
    clientSecret: { variables: ["AZURE_CLIENT_SECRET"] },
  },
  address: chatAddress,
  auth: {
    header: "api-key",
    required: true,
    // Entra ID's tokens are JSON web tokens, keys are letters and digits.
    others: [{ match: /^eyJ[\w-]*\.[\w-]+\./, header: "authorization", prefix: "Bearer " }],
  },
  keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
  baseUrlVariables: ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_BASE_URL"],
  embeddings: openaiEmbeddings({ tokens: true, encoding: "asked", purpose: "input_type" }),
  codec: openaiChat({ fileUrls: false, refusesForeign: true, models: OPENAI_MODELS }),
};

/** https://learn.microsoft.com/azure/ai-services/openai/reference: the newest that is no preview. */
const DATED_VERSION = "2024-10-21";

/** https://learn.microsoft.com/rest/api/aifoundry/modelinference/ */
const FOUNDRY_VERSION = "2024-05-01-preview";

/** A resource becomes part of a host's name: nothing else may. */
const RESOURCE = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;

function azureAddress({ resource }: ProviderPlace): string | undefined {
  if (resource === undefined || !RESOURCE.test(resource)) return undefined;
  return `https://${resource}.openai.azure.com`;
}

/** A resource's address as portals show it, with or without the present API's path; also of sovereign clouds. */
const RESOURCE_ADDRESS = /^(https:\/\/[^/]+\.azure\.(?:com|us|cn))(?:\/openai(?:\/v1)?)?$/;

const IS_DATED = /^\d/;

/**
 * Where a call goes. A resource's address means the present API, `/openai/v1`, unless `apiVersion` is a date:
 * then the deployment is part of the path, as it is below an address that ends in `/openai/deployments` or in a
 * deployment's name. Foundry's `/models` is dated too.
 */
export function chatAddress(
  base: string,
  path: string,
  model: string,
  { apiVersion }: ProviderPlace = {},
): string {
  const resource = RESOURCE_ADDRESS.exec(base)?.[1];
  if (resource !== undefined && (apiVersion === undefined || !IS_DATED.test(apiVersion))) {
    return versioned(`${resource}/openai/v1${path}`, apiVersion);
  }
  if (resource !== undefined || /\/openai\/deployments$/.test(base)) {
    const deployments = resource === undefined ? base : `${resource}/openai/deployments`;
    return versioned(`${deployments}/${pathSegment(model)}${path}`, apiVersion ?? DATED_VERSION);
  }
  if (/\/openai\/deployments\/[^/]+$/.test(base)) {
    return versioned(base + path, apiVersion ?? DATED_VERSION);
  }
  if (/\.azure\.com\/models$/.test(base)) {
    return versioned(base + path, apiVersion ?? FOUNDRY_VERSION);
  }
  return versioned(base + path, apiVersion);
}

function versioned(url: string, apiVersion: string | undefined): string {
  return apiVersion === undefined ? url : `${url}?api-version=${encodeURIComponent(apiVersion)}`;
}

/** Foundry's other models, under a slug of their own that shares the settings of Azure OpenAI. */
export const azure: NativeProvider = {
  slug: "azure",
  baseUrlFor: azureAddress,
  settings: azureOpenai.settings ?? {},
  readKey: readEntraCredential,
  auth: azureOpenai.auth,
  keyVariables: azureOpenai.keyVariables ?? [],
  nativeAddress: (call) => nativeAzureAddress(call, FOUNDRY_HOST),
  codec: azureOpenai.codec,
};

const OPENAI_HOST = "openai.azure.com";
const FOUNDRY_HOST = "services.ai.azure.com";

/** Claude takes keys as Anthropic does, but Entra's tokens as everywhere. */
const AS_ANTHROPIC = { ...azureOpenai.auth, header: "x-api-key" };

/** What is asked there, whatever the body says; its paths don't tell small letters from capitals. */
const DEPLOYMENT = /^\/+openai\/+deployments\/+([^/]+)/i;

/** A resource of Azure's public cloud, under whichever of its names. */
const RESOURCE_HOST =
  /^https:\/\/([^./]+)\.(?:openai|services\.ai|cognitiveservices)\.azure\.com(?:\/|$)/;

/**
 * `{resource}/{deployment}/…`, as Cloudflare's gateway has it, or the interface's own path below the resource. A stored
 * key goes to the operator's resource alone; an address of the operator's own that is no resource's stands for any.
 */
function nativeAzureAddress(
  { base, storedKey, path }: NativeCall,
  host: string,
): NativeAddress | undefined {
  const slug = host === OPENAI_HOST ? "azure-openai" : "azure";
  const [resource = "", ...rest] = stepsOf(path);
  if (!RESOURCE.test(resource)) noSuchPlace(slug, "{resource}/…");
  if (storedKey && base === undefined) return undefined;
  const own = RESOURCE_HOST.exec(base ?? "")?.[1];
  if (storedKey && own !== undefined && own.toLowerCase() !== resource.toLowerCase()) {
    noSuchPlace(slug, `${own}/…: the stored key is for that resource alone`);
  }
  const root = own === undefined && base !== undefined
    ? base.replace(/\/openai(?:\/.*)?$/, "")
    : `https://${resource}.${host}`;
  const [first] = rest;
  const literal = host === FOUNDRY_HOST || first === "openai" || first === "models";
  const way = pathOfSteps(literal ? rest : ["openai", "deployments", ...rest]);
  const decoded = decodedPath(way);
  const model = decoded === undefined ? null : DEPLOYMENT.exec(decoded)?.[1];
  return {
    url: root + way,
    ...(way.startsWith("/anthropic/") && { auth: AS_ANTHROPIC }),
    ...(model !== undefined && { model }),
  };
}
