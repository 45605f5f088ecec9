/** `ANY /v1/{account}/{gateway}/{slug}/{path…}`: a provider's own interface, with our keys and limits. */
import { GatewayError } from "../../errors.ts";
import type { FetchBody } from "../../fetch_like.ts";
import { nativeProvider } from "../../routing/native_provider.ts";
import { type Admission, admit } from "../admit.ts";
import { answerNatively, type NativeQuestion } from "../answer_native.ts";
import { readWholeBody } from "../body.ts";
import { preflight } from "../cors.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import type { Incoming, Reply } from "../incoming.ts";
import { requestOptions } from "../request_options.ts";

/** Any method and path, whatever the provider has there. */
export const passthrough: Endpoint = async (call) => {
  const { core, incoming, params, url } = call;
  if (isPreflight(incoming)) return preflight(incoming, METHODS);
  checkMethod(incoming.method);
  const admission = admit(call);
  const provider = nativeProvider(params.slug!, core.settings);
  const path = pathBelowSlug(url, core.settings.basePath);
  return await passTo({ provider, path }, call, admission);
};

/** Where a request goes on to. */
interface Destination extends Pick<NativeQuestion, "provider" | "model" | "path"> {
  /** JSON to be sent instead of the request's own body. */
  body?: string;
}

/** Passes a request on, and answers with what comes back. Throws as {@linkcode answerNatively} does. */
export async function passTo(
  { body: json, ...destination }: Destination,
  call: HttpCall,
  admission: Admission,
): Promise<Reply> {
  const { core, incoming, url, context: { metadata } } = call;
  const options = requestOptions(incoming.headers, admission.gateway, metadata);
  const { attempts } = options.retry;
  return await answerNatively({
    ...destination,
    call,
    admission,
    options,
    search: url.search,
    headers: incoming.headers,
    body: json === undefined
      ? (mustKnow) => bodyOf(incoming, core.settings.bodyLimit, mustKnow, attempts)
      : { json, type: "application/json" },
    run: { attempts: [] },
  });
}

const METHODS = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS";

/** A browser asks before it sends a key, so nobody can be admitted yet; any other OPTIONS is the provider's. */
function isPreflight({ method, headers }: Incoming): boolean {
  return method === "OPTIONS" && headers.get("access-control-request-method") !== null;
}

/** What `fetch` sends: https://fetch.spec.whatwg.org/#forbidden-method. */
function checkMethod(method: string): void {
  if (/^[A-Z]{1,20}$/.test(method) && !/^(?:CONNECT|TRACE|TRACK)$/.test(method)) return;
  throw new GatewayError(2104, `This method is not passed on; use ${METHODS}`, {
    headers: { allow: METHODS },
  });
}

/** As it came: what is encoded stays so. */
function pathBelowSlug({ pathname }: URL, basePath: string): string {
  const steps = pathname.slice(basePath.length).split("/").slice(5);
  return steps.map((step) => `/${step}`).join("");
}

/**
 * Whole where it is signed (throws 2101 beyond the limit), and where it is JSON, or may have to be sent again, and is
 * declared to be within the limit; all else passes as it comes.
 */
async function bodyOf(
  incoming: Incoming,
  limit: number,
  mustKnow: boolean,
  attempts: number,
): Promise<FetchBody | undefined> {
  const { method, headers } = incoming;
  if (method === "GET" || method === "HEAD") return undefined;
  const length = headers.get("content-length");
  const short = length !== null && Number(length) <= limit;
  // Programs that call `gateway.fetch` declare no length.
  const mayBeShort = short || length === null;
  const isJson = /[/+]json\b/i.test(headers.get("content-type") ?? "");
  const whole = mustKnow || (isJson && mayBeShort) || (short && attempts > 1);
  if (!whole) return incoming.body ?? undefined;
  const bytes = await readWholeBody(incoming, limit);
  return bytes.length === 0 ? undefined : bytes;
}
