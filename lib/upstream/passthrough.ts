/**
 * One call in a provider's own protocol: what the caller sent goes as it is, and so does what comes back. Whatever
 * must not travel has been taken out before (`nativeKeys` in `lib/http`).
 */
import type { ByteSource } from "../byte_source.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { GatewayError } from "../errors.ts";
import type { FetchBody, FetchedResponse } from "../fetch_like.ts";
import { joinedAddress } from "../providers/native_address.ts";
import type { Credential, NativeAddress } from "../providers/provider.ts";
import { redact } from "../secret.ts";
import type { CallContext } from "./call_context.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";
import { credentialOf } from "./credentials.ts";
import { dispatch, type OutgoingRequest, placeOf, sendOnce, withoutAddress } from "./egress.ts";
import type { Waiting } from "./exchange.ts";
import { nativeAnswerHeaders } from "./native_headers.ts";
import { refusedBy, secretsOf } from "./provider_error.ts";
import { withoutSecrets } from "./redacting_source.ts";
import { RunningCall, sourceOf } from "./running_call.ts";
import type { Target } from "./target.ts";

/** A request for a provider's own interface. */
export interface NativeRequest {
  provider: ConfiguredProvider;
  /** In capitals. */
  method: string;
  /** Below the provider's slug, percent-encoded as it came: empty, or with a slash at its beginning. */
  path: string;
  /** Empty, or with its question mark; without any key of ours. */
  search: string;
  /** Lower-case names; without any key of ours. */
  headers: Readonly<Record<string, string>>;
  /** A stream can be sent once only, so such a request can't be tried again, nor signed. */
  body?: FetchBody;
  /** The key to be used, chosen by `chooseKey`. */
  key?: string;
  /** The key is the caller's own: it stands in `headers` or `search` in the way he put it there. */
  ownKey: boolean;
}

/** What a provider answered, an error too: whoever asked decides whether it is the caller's. */
export interface NativeAnswer {
  /** 200–599. */
  status: number;
  /** The provider's headers that the caller gets, and `dragoman-upstream-request-id`. */
  headers: Record<string, string>;
  /** As it came; `null` where there is none. Must be read to its end or cancelled. */
  body: ByteSource | null;
}

/**
 * Sends the request. Throws `GatewayError` where no answer came (2005, 2110, 2117), or none can (2040, 2118, 2127); an
 * answer with an error's status is an answer. Its body fails when the provider's breaks off, and invents nothing.
 */
export async function passThrough(
  request: NativeRequest,
  asker: Waiting,
  context: CallContext,
): Promise<NativeAnswer> {
  const { provider, key, method } = request;
  const credential = credentialOf(provider, key);
  // A key that the caller shows himself is his to see again; one that is taken apart is not shown.
  const shown = request.ownKey && credential === undefined;
  const target: Target = { provider, model: "", ...(!shown && { key }) };
  const outgoing = outgoingOf(request, credential);
  const call = new RunningCall(asker, target, [], context);
  try {
    call.expectHeaders();
    const response = shown
      ? await sendOnce(call, outgoing)
      : await dispatch(call, outgoing, credential);
    call.expectNothing();
    return answerOf(call, response, method);
  } catch (error) {
    const reason = call.explain(error);
    call.abort(reason);
    throw reason;
  }
}

/** What an answer that is no success means to whoever may ask again, or ask somebody else; `undefined` for any other. */
export function failureOf(
  { status, headers }: NativeAnswer,
  provider: ConfiguredProvider,
): GatewayError | undefined {
  if (status < 400) return undefined;
  const { decodeError } = provider.definition.codec ?? PLAIN;
  const fault = decodeError(status, "", { get: (name) => headers[name] ?? null });
  return refusedBy({ provider, model: "" }, fault, headers);
}

/** Reads the hints that most providers give in headers. */
const PLAIN = openaiChat();

/** Whether requests with this key are signed, and so must be known whole before they are sent. */
export function isSigned(provider: ConfiguredProvider, key: string | undefined): boolean {
  const credential = credentialOf(provider, key);
  return (credential?.sign ?? (key === undefined ? provider.definition.sign : undefined)) !==
    undefined;
}

/** Where a request goes, and the model that stands there. Throws as {@linkcode passThrough} does. */
export function nativeAddressOf(request: NativeRequest): NativeAddress {
  return addressOf(request, credentialOf(request.provider, request.key));
}

function outgoingOf(request: NativeRequest, credential: Credential | undefined): OutgoingRequest {
  const { provider, method, body, key } = request;
  refuseEscape(request);
  const { url, auth } = addressOf(request, credential);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    // One that is taken apart travels in another form.
    if (credential === undefined || key === undefined || !value.endsWith(key)) {
      headers[name] = value;
    }
  }
  for (const name of provider.definition.addressHeaders ?? []) delete headers[name];
  // A length, or a part, of something compressed would be one of other bytes than the caller gets.
  if (method === "HEAD" || headers.range !== undefined) headers["accept-encoding"] = "identity";
  Object.assign(headers, provider.headers);
  return {
    method,
    url: url + (url.includes("?") ? request.search.replace("?", "&") : request.search),
    headers,
    ...(body !== undefined && { body }),
    ...(auth !== undefined && { auth }),
  };
}

function addressOf(
  { provider, path, headers, key, ownKey }: NativeRequest,
  credential: Credential | undefined,
): NativeAddress {
  const { definition, baseUrl, baseUrlFor, ownBase } = provider;
  const place = placeOf(provider, credential?.place);
  const base = baseUrlFor === undefined ? baseUrl : baseUrlFor(place, key);
  const call = { path, base, ownBase, storedKey: !ownKey, place, headers };
  const address = definition.nativeAddress === undefined
    ? base && joinedAddress(base, path)
    : definition.nativeAddress(call);
  return address || refuseAddress(provider);
}

function refuseAddress({ definition }: ConfiguredProvider): never {
  throw withoutAddress(definition);
}

/**
 * A dot segment that hides in an encoding would leave the address that the slug stands for, wherever somebody decodes
 * it: `..%2f`, `%252e%252e/`. An encoded slash alone is part of many a model's name.
 */
function refuseEscape({ path, provider }: NativeRequest): void {
  let text = path;
  for (let depth = 0; depth < 4; depth++) {
    if (/(?:^|[/\\])\.{1,2}(?:[/\\;?#]|$)/.test(text)) break;
    const decoded = decodedOnce(text);
    if (decoded === text) return;
    text = decoded;
  }
  const { slug } = provider.definition;
  throw new GatewayError(2127, `The path below ${slug} must not hold encoded dot segments`, {
    provider: slug,
  });
}

/** Only what a path is made of: anything else may be malformed, and is the provider's to judge. */
function decodedOnce(text: string): string {
  return text.replace(
    /%(2e|2f|5c|25|3b|3f|23)/gi,
    (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Statuses whose answers have no body, https://fetch.spec.whatwg.org/#null-body-status. */
const BODILESS = new Set([204, 205, 304]);

function answerOf(
  call: RunningCall<Waiting>,
  response: FetchedResponse,
  method: string,
): NativeAnswer {
  const { status } = response;
  const headers = nativeAnswerHeaders(response);
  const secrets = secretsOf(call.target);
  const told = status >= 200 && status <= 599 ? status : 502;
  if (status >= 300) {
    for (const [name, value] of Object.entries(headers)) headers[name] = redact(value, secrets);
  }
  const empty = response.source === undefined && response.body === null;
  if (empty || method === "HEAD" || BODILESS.has(told)) {
    // Not read: where the end has already come, nobody would tell of it again.
    sourceOf(response).cancel();
    call.finish();
    return { status: told, headers, body: null };
  }
  const source = new CallSource(call, response);
  const isText = TEXT.test(headers["content-type"] ?? "");
  const echoes = status >= 300 || isText;
  // What a model says is the caller's, to the byte.
  const mark = status >= 300 ? undefined : ERROR;
  // Where a key may be taken out, the length is not known before the end.
  if (echoes && secrets.length > 0) delete headers["content-length"];
  return { status: told, headers, body: echoes ? withoutSecrets(source, secrets, mark) : source };
}

/** Where an error may be told, which may repeat a key; nothing else is looked into. */
const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]*json|[\w.+-]*xml|x-ndjson|vnd\.amazon\.eventstream))/i;

/** How an error inside a success begins; many an answer says that there is none. */
const ERROR = /"error"\s*(?::\s*[{["]|[,}\]])|event:\s*error|exception/i;

/** A provider's body under the deadline for silence, which holds only while somebody waits for it. */
class CallSource implements ByteSource {
  readonly #call: RunningCall<Waiting>;
  readonly #response: FetchedResponse;

  constructor(call: RunningCall<Waiting>, response: FetchedResponse) {
    this.#call = call;
    this.#response = response;
  }

  async next(): Promise<Uint8Array | undefined> {
    const call = this.#call;
    call.expectMore();
    try {
      const bytes = await call.read(this.#response);
      if (bytes === undefined) call.finish();
      else call.expectNothing();
      return bytes;
    } catch (error) {
      call.abort(error);
      throw error;
    }
  }

  cancel(): void {
    this.#call.abort(new GatewayError(2117, "The caller went away"));
  }
}
