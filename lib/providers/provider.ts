/**
 * A provider is a company: where it is reached, how it is paid, which protocol it speaks. Everything
 * about the protocol itself lives in its codec.
 */
import type { ProviderCodec } from "../chat/codec.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { ModelListing } from "./model_listing.ts";

/** How a key is shown to the provider. */
export interface ProviderAuth {
  /** Lower-case header name. */
  header: string;
  /** Put before the key, with its space: `Bearer `. */
  prefix?: string;
  /** `false`: works without a key, as local servers do. */
  required: boolean;
  /** Keys of another kind, told by their look, that are shown in another way; the first that fits counts. */
  others?: readonly { match: RegExp; header: string; prefix?: string }[];
}

/** What an operator says about his place at a provider. */
export type ProviderSetting =
  | "accountId"
  | "apiVersion"
  | "project"
  | "region"
  | "resource"
  | "tokenUrl";

/** Some of these, said. */
export type ProviderPlace = Readonly<Partial<Record<ProviderSetting, string>>>;

/** Settings that only together are a key. */
export type KeyPart =
  | "accessKeyId"
  | "clientId"
  | "clientSecret"
  | "secretAccessKey"
  | "sessionToken"
  | "tenantId";

/** How a part of a key is said. */
export interface KeyPartRule {
  /** Environment variables, in order. */
  variables: readonly string[];
  /** The others are a key without it. */
  optional?: boolean;
}

/** A call as it is about to be sent. */
export interface SignableRequest {
  /** In capitals. */
  method: string;
  /** Complete, with its query. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** The very text, or bytes, that are sent. */
  body: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Gives the headers to send instead of a request's own. */
export type SignRequest = (request: SignableRequest) => Promise<Readonly<Record<string, string>>>;

/** How an access token is asked for: a form that is posted, as RFC 6749 says. */
export interface TokenRequest {
  /** Never of a caller's choosing. */
  url: string;
  /** The form's fields. */
  form: Readonly<Record<string, string>>;
}

/** A key that is not shown as it is, taken apart. */
export interface Credential {
  /** What of it no error may repeat. */
  secrets: readonly string[];
  /** Settings that the key says itself; they come before the operator's. */
  place?: ProviderPlace;
  /** Signs every request with it. */
  sign?: SignRequest;
  /** Gets an access token for it, which is shown in its place; given milliseconds since the epoch. */
  askForToken?: (now: number) => Promise<TokenRequest>;
}

/** A request for a provider's own interface, as far as its address depends on it. */
export interface NativeCall {
  /** Below the provider's slug, percent-encoded: empty, or with a slash at its beginning. */
  path: string;
  /** The base URL, where one is known: complete, with its version. */
  base?: string;
  /** The operator gave the base URL: nothing outside it is called. */
  ownBase: boolean;
  /** The key is stored here, so the caller must not choose who sees it. */
  storedKey: boolean;
  /** Where the operator, or the key, is at the provider. */
  place: ProviderPlace;
  /** The caller's request headers. */
  headers: Readonly<Record<string, string>>;
}

/** Where such a request goes. */
export interface NativeAddress {
  /** Without a query. */
  url: string;
  /** How a stored key is shown there, where otherwise than everywhere else. */
  auth?: ProviderAuth;
  /** The model that it names, decoded; `null` where it asks for one that nobody can tell. Absent: the body names it. */
  model?: string | null;
}

/** A provider as far as calls need one; without a codec, it is reached by its own interface alone. */
export interface NativeProvider extends Omit<Provider, "codec"> {
  /** As {@linkcode Provider} has it. */
  codec?: ProviderCodec;
}

/** Declares a provider; see {@linkcode defineProvider}. */
export interface Provider {
  /** Lower-case letters, digits and hyphens: the prefix of its models' names. */
  slug: string;
  /** Default base URL; absent when it must be configured. `{accountId}` stands for the setting of that name. */
  baseUrl?: string;
  /** The same, where it takes more than putting settings in their places. `undefined` while some are missing. */
  baseUrlFor?: (settings: ProviderPlace, key?: string) => string | undefined;
  /** Joins the base URL and a call's path, where it takes more than that; both as they are for most. */
  address?: (base: string, path: string, model: string, settings: ProviderPlace) => string;
  /**
   * Where a request for its own interface goes, where it takes more than base URL, path and one version; `undefined`
   * while settings for it are missing. Throws `GatewayError` for a path that names no place of the provider's.
   */
  nativeAddress?: (call: NativeCall) => NativeAddress | undefined;
  /**
   * Where its own interface runs a model of whatever kind, below its slug. Throws `GatewayError` for a name that would be
   * another path.
   */
  runPath?: (model: string) => string;
  /** The request headers that only say where a request for its own interface goes. */
  addressHeaders?: readonly string[];
  /** How its key is shown. */
  auth: ProviderAuth;
  /**
   * Takes a key apart that is not shown as it is; `undefined` for any other. Throws `GatewayError` 2118
   * that says what is wrong with the key, and never shows it.
   */
  readKey?: (key: string, settings: ProviderPlace) => Credential | undefined;
  /** Signs requests once everything else is fixed, where no key is shown. */
  sign?: SignRequest;
  /** What it speaks. */
  codec: ProviderCodec;
  /** What embeddings are spoken in; absent where it has none. Their errors are read by `codec`. */
  embeddings?: EmbeddingCodec;
  /** Environment variables of the vendor's own, in order: `OPENAI_API_KEY`. */
  keyVariables?: string[];
  /** The same for variables that hold the path of a file with the key in it. */
  keyFileVariables?: string[];
  /** Settings that together are a key, as JSON that `readKey` reads, with the variables that say them. */
  keyParts?: Partial<Record<KeyPart, KeyPartRule>>;
  /** The same for the base URL: `OPENAI_BASE_URL`. */
  baseUrlVariables?: string[];
  /** What `baseUrl` leaves open, with the environment variables that say it. */
  settings?: Partial<Record<ProviderSetting, readonly string[]>>;
  /** What its regions are called, with one for the error that refuses another. */
  regions?: { match: RegExp; example: string };
  /** Version segments people write or leave out of the base URL: `["v1"]`; the first is added where none is. */
  versions?: string[];
  /** Sent with every call unless the caller's own, forwarded, says otherwise; lower-case names. */
  headers?: Readonly<Record<string, string>>;
  /** The caller's request headers that reach this provider, besides the ones that always do. */
  forwardHeaders?: string[];
  /** Models to list where the operator lists none. */
  models?: readonly string[];
  /** Where it lists its models itself. */
  listings?: readonly ModelListing[];
  /** Answers inside this process instead of over the network. */
  fetch?: FetchLike;
}

/**
 * Declares a provider of one's own, checked by its type.
 *
 * @example
 * ```ts
 * import { createGateway, defineProvider } from "dragoman";
 * import { openaiChat } from "dragoman/codecs/openai_chat";
 *
 * const acme = defineProvider({
 *   slug: "acme",
 *   baseUrl: "https://api.acme.example/v1",
 *   auth: { header: "x-acme-key", required: true },
 *   codec: openaiChat(),
 * });
 * const gateway = createGateway({ providers: { acme: { definition: acme, apiKey: "key" } } });
 * console.log((await gateway.fetch("http://gateway/health")).status); // 200
 * ```
 */
export function defineProvider(provider: Provider): Provider {
  return provider;
}
