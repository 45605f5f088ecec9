import { bedrockConverse } from "../codecs/bedrock_converse/mod.ts";
import { GatewayError } from "../errors.ts";
import { type AwsCredentials, readAwsKey } from "./aws_key.ts";
import { BEDROCK_EMBEDDINGS } from "./bedrock_embeddings.ts";
import { BEDROCK_MODELS } from "./bedrock_models.ts";
import { BEDROCK_LISTS } from "./model_listing.ts";
import { unusable } from "./key_document.ts";
import { decodedPath, noSuchPlace, pathOfSteps, stepsOf } from "./native_address.ts";
import type {
  Credential,
  NativeAddress,
  NativeCall,
  Provider,
  ProviderPlace,
  SignRequest,
} from "./provider.ts";

/** A region becomes part of a host's name: nothing else may. */
const REGION = /^[a-z]{2,3}(-[a-z]{2,12}){1,2}-\d{1,2}$/;

/** Regions that an address already names. */
const REGION_OF_HOST =
  /^https:\/\/bedrock(?:-runtime|-agent-runtime|-mantle)?(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws|api\.aws)/;

/**
 * Amazon Bedrock, https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html. The key is
 * one of Bedrock's own API keys, or AWS credentials, which sign every request.
 */
export const awsBedrock: Provider = {
  slug: "aws-bedrock",
  baseUrlFor: ({ region }) => region === undefined ? undefined : bedrockAddress(region),
  nativeAddress: nativeBedrockAddress,
  settings: { region: ["AWS_REGION", "AWS_DEFAULT_REGION"] },
  regions: { match: REGION, example: "us-east-1" },
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  readKey: readBedrockKey,
  keyVariables: ["AWS_BEARER_TOKEN_BEDROCK"],
  keyParts: {
    accessKeyId: { variables: ["AWS_ACCESS_KEY_ID"] },
    secretAccessKey: { variables: ["AWS_SECRET_ACCESS_KEY"] },
    sessionToken: { variables: ["AWS_SESSION_TOKEN"], optional: true },
  },
  baseUrlVariables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"],
  // Streams here are Amazon's own frames.
  headers: { accept: "*/*" },
  embeddings: BEDROCK_EMBEDDINGS,
  listings: BEDROCK_LISTS,
  codec: bedrockConverse({ models: BEDROCK_MODELS }),
};

function readBedrockKey(key: string, settings: ProviderPlace): Credential | undefined {
  const aws = readAwsKey(key);
  if (aws === undefined) return undefined;
  const { secretAccessKey, sessionToken, region: own } = aws;
  if (own !== undefined && !REGION.test(own)) {
    unusable("has a region that is none of Amazon's, such as us-east-1");
  }
  const region = own ?? settings.region;
  return {
    secrets: [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])],
    ...(region !== undefined && { place: { region } }),
    sign: bedrockSignature(() => aws, region),
  };
}

/** Signs every request for the region that the address names, else for this one: the signature holds it. */
export function bedrockSignature(
  credentials: () => AwsCredentials | Promise<AwsCredentials>,
  region: string | undefined,
): SignRequest {
  return async (request) => {
    const named = REGION_OF_HOST.exec(request.url)?.[1] ?? region;
    if (named === undefined) {
      throw new GatewayError(
        2040,
        "Requests to aws-bedrock are signed for a region: set the option providers.aws-bedrock.region (AWS_REGION)",
      );
    }
    const { signAws } = await import("./sign_aws.ts");
    return {
      ...request.headers,
      ...await signAws(await credentials(), named, request, serviceOf(request.url)),
    };
  };
}

/** The address of a region; `undefined` for what is none. */
export function bedrockAddress(region: string): string | undefined {
  if (!REGION.test(region)) return undefined;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://bedrock-runtime.${region}.${domain}`;
}

/** Only its newest host is a service by itself. */
function serviceOf(url: string): string {
  return url.startsWith("https://bedrock-mantle.") ? "bedrock-mantle" : "bedrock";
}

const SERVICES = ["bedrock-runtime", "bedrock-agent-runtime", "bedrock", "bedrock-mantle"];

/** Mantle's imitation of Anthropic's interface takes keys as Anthropic does. */
const AS_ANTHROPIC = { header: "x-api-key", required: true };

/** Others' interfaces have the model in the body, its own has it in the path. */
const IMITATION = /^\/(?:anthropic|openai|v1)\//;

/** `{service}/{region}/…`, as Cloudflare's gateway has it; an address of the operator's own stands for both. */
function nativeBedrockAddress({ base, ownBase, path }: NativeCall): NativeAddress {
  const [service = "", region = "", ...rest] = stepsOf(path);
  if (!SERVICES.includes(service) || !REGION.test(region)) {
    noSuchPlace("aws-bedrock", `{${SERVICES.join("|")}}/{region}/…`);
  }
  const way = pathOfSteps(rest);
  const mantle = service === "bedrock-mantle";
  const host = mantle
    ? `https://${service}.${region}.api.aws`
    : bedrockAddress(region)!.replace("bedrock-runtime", service);
  const url = (ownBase && base !== undefined ? base : host) + way;
  if (IMITATION.test(way)) {
    return { url, ...(mantle && way.startsWith("/anthropic/") && { auth: AS_ANTHROPIC }) };
  }
  const [first, model = ""] = rest;
  return { url, model: (first === "model" && decodedPath(model)) || null };
}
