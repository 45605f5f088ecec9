/** One provider asked for its models, with a key of the operator's. */
import type { KnownModel } from "../codecs/model_lists/mod.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { ModelListing } from "../providers/model_listing.ts";
import type { CallContext } from "./call_context.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";
import { credentialOf } from "./credentials.ts";
import { Departure } from "./departure.ts";
import { baseUrlOf, dispatch } from "./egress.ts";
import type { Sending, Waiting } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import { httpStatus, withProvider } from "./provider_error.ts";
import { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";

/** More pages than any list has: one that never ends must not keep us. */
const MOST_PAGES = 50;

/** Characters; the longest list known has half a million. */
const LONGEST_PAGE = 2 ** 23;

/** Who asks: nobody who calls, so that no header of a caller's can change what all the others see. */
const NOBODY = { get: () => null };

/**
 * The provider's models, each once. The key is the stored one of the alias `default`, else of the first alias.
 * Throws what kept the list away; `context.timeouts.whole` is the limit of each page.
 */
export async function listModels(
  provider: ConfiguredProvider,
  via: string,
  context: CallContext,
): Promise<KnownModel[]> {
  const { keys } = provider;
  const key = keys.draw("default") ?? keys.draw(keys.aliases[0] ?? "");
  const target: Target = { provider, model: "", key };
  const lists = provider.definition.listings ?? [];
  const found = await Promise.all(lists.map((list) => pagesOf(list, target, via, context)));
  return [...new Map(found.flat().map((model) => [model.id, model])).values()];
}

async function pagesOf(
  listing: ModelListing,
  target: Target,
  via: string,
  context: CallContext,
): Promise<KnownModel[]> {
  const models: KnownModel[] = [];
  let query: Readonly<Record<string, string>> | undefined = {};
  for (let page = 0; page < MOST_PAGES && query !== undefined; page++) {
    const text: string = await getText(target, listing, query, via, context);
    const read = listing.decode(text);
    if (read === undefined) throw noList(target);
    models.push(...read.models);
    query = read.next;
  }
  return models;
}

async function getText(
  target: Target,
  { path, base }: ModelListing,
  query: Readonly<Record<string, string>>,
  via: string,
  context: CallContext,
): Promise<string> {
  const asker: Waiting = { stream: false, departure: new Departure() };
  const call = new RunningCall(asker, target, [], context);
  try {
    const credential = credentialOf(target.provider, target.key);
    const own = baseUrlOf(target, credential?.place);
    const url = new URL((base?.(own) ?? own) + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const sending: Sending = { asker, headers: NOBODY, via };
    const { "content-type": _, ...headers } = requestHeaders(sending, target);
    call.expectHeaders();
    const response = await dispatch(call, { method: "GET", url: url.href, headers }, credential);
    const text = await call.beginning(response, LONGEST_PAGE);
    if (response.status !== 200) throw refusal(target, response.status);
    if (text.length === LONGEST_PAGE) throw noList(target);
    call.finish();
    return text;
  } catch (error) {
    const reason = call.explain(error);
    call.abort(reason);
    throw isTooLate(reason) ? tooLate(target, context) : withProvider(target, reason);
  }
}

function isTooLate(reason: unknown): boolean {
  return isGatewayError(reason) && reason.code === 2110;
}

/** The limit is none that an option could raise. */
function tooLate({ provider }: Target, { timeouts }: CallContext): GatewayError {
  const { slug } = provider.definition;
  const what = `${slug} gave no list of its models within ${timeouts.whole} ms`;
  return new GatewayError(2110, what, { provider: slug });
}

/** The status says enough: what else a provider says to a list is for its operator's eyes. */
function refusal({ provider }: Target, status: number): GatewayError {
  const { slug } = provider.definition;
  return new GatewayError(2120, `${slug} answered ${status} when asked for its models`, {
    provider: slug,
    status: httpStatus(status),
  });
}

function noList({ provider }: Target): GatewayError {
  const { slug } = provider.definition;
  return new GatewayError(2002, `${slug} answered with no list of models`, { provider: slug });
}
