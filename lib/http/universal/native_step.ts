/** A step at a provider's own interface: what the entry holds is sent as it is, and what comes back is the answer. */
import { NO_BYTES } from "../../byte_source.ts";
import { GatewayError } from "../../errors.ts";
import { refuseOutside } from "../../policy/scope.ts";
import { nativeProvider } from "../../routing/native_provider.ts";
import type { Run } from "../../routing/run.ts";
import type { ConfiguredProvider } from "../../upstream/configured_provider.ts";
import { chooseKey } from "../../upstream/credentials.ts";
import { Departure } from "../../upstream/departure.ts";
import { failureOf, type NativeAnswer, type NativeRequest } from "../../upstream/passthrough.ts";
import { refusedBy } from "../../upstream/provider_error.ts";
import { keyChoice } from "../admit.ts";
import { contextFor, Defaults, whileWaiting } from "../answer_chat.ts";
import { answerHeaders } from "../answer_reply.ts";
import { accessKeysIn } from "../authenticate.ts";
import { answerTo, replyOf } from "../endpoints/passthrough.ts";
import { nativeKeys } from "../native_request.ts";
import type { Step, StepParts, Turn } from "./step.ts";

/** Makes the step; throws 2008 for a provider nobody knows. */
export function nativeStep(parts: StepParts): Step {
  const { entry, call, options } = parts;
  const provider = nativeProvider(entry.provider, call.core.settings);
  const [path = ""] = entry.endpoint.split("?");
  return {
    name: `${entry.provider} ${path}`,
    dialect: "cloudflare",
    options,
    ask: (run, turn) => ask(parts, provider, run, turn),
  };
}

function ask(
  parts: StepParts,
  provider: ConfiguredProvider,
  run: Run,
  { only, last }: Turn,
) {
  const { call, admission, options } = parts;
  // Nobody reads which model is meant, so a scope that lists models allows nothing here.
  refuseOutside(admission.caller.grant?.scope, provider.definition.slug, undefined);
  const { request, alias } = requestFor(parts, provider);
  const context = contextFor(call, admission, options, new Defaults("", call, ""));
  const timeouts = { ...context.timeouts, ...provider.timeouts };
  const departure = new Departure();
  return whileWaiting(call.incoming, departure, async () => {
    const own = { ...context, timeouts };
    const answer = await answerTo(request, alias, departure, own, options, run);
    if (!only && answer.status >= 300) throw await refusal(answer, provider, last);
    const { headers } = answer;
    const target = { provider, model: "" };
    answerHeaders({ target, headers, warnings: [] }, { call, context, run });
    delete headers["cf-aig-model"];
    return replyOf(answer, call);
  });
}

function requestFor(
  { entry, call: { core, incoming }, admission, options }: StepParts,
  provider: ConfiguredProvider,
): { request: NativeRequest; alias?: string } {
  const query = entry.endpoint.indexOf("?");
  const path = query < 0 ? entry.endpoint : entry.endpoint.slice(0, query);
  const isAccessKey = (value: string) => accessKeysIn(value, core.findKeys).length > 0;
  const { headers, search, requestKey } = nativeKeys(
    entry.headers,
    query < 0 ? "" : entry.endpoint.slice(query),
    { provider, gateway: admission.gateway, isAccessKey },
  );
  const given = keyChoice(admission, options.keyAlias);
  const { key, alias } = chooseKey(provider, {
    ...given,
    requestKey: requestKey ?? given.requestKey,
  });
  headers["content-type"] ??= "application/json";
  // They tell of the form in which a body came that was none of an entry.
  delete headers["content-length"];
  delete headers["content-encoding"];
  const via = incoming.headers.get("via");
  headers.via = (via === null ? "" : `${via}, `) + `1.1 ${core.via}`;
  const request = {
    provider,
    method: "POST",
    path: `/${path}`,
    search,
    headers,
    body: entry.query,
    ...(key !== undefined && { key }),
    ownKey: requestKey !== undefined,
  };
  return { request, ...(alias !== undefined && { alias }) };
}

/** An error's body may be anything, also endless; more of it than this helps nobody. */
const MOST_WORDS = 64 * 1024;

/** The error that an answer is; only the last one's words are told. */
async function refusal(
  answer: NativeAnswer,
  provider: ConfiguredProvider,
  last: boolean,
): Promise<GatewayError> {
  const { status, headers, body } = answer;
  const { slug, codec } = provider.definition;
  if (status < 400) {
    body?.cancel();
    return new GatewayError(2112, `${slug} answered with a redirect (${status})`, {
      provider: slug,
    });
  }
  if (codec === undefined || !last) {
    body?.cancel();
    return failureOf(answer, provider)!;
  }
  const words = await beginning(body ?? NO_BYTES, MOST_WORDS);
  const fault = codec.decodeError(status, words, { get: (name) => headers[name] ?? null });
  return refusedBy({ provider, model: "" }, fault, headers);
}

/** The beginning of a text; whatever else happens to its rest, this much was said. */
async function beginning(
  source: NonNullable<NativeAnswer["body"]>,
  limit: number,
): Promise<string> {
  const utf8 = new TextDecoder();
  let text = "";
  try {
    while (text.length < limit) {
      const bytes = await source.next();
      if (bytes === undefined) return text + utf8.decode();
      text += utf8.decode(bytes, { stream: true });
    }
    source.cancel();
  } catch {
    // An error that breaks off is still that error: its status is known.
  }
  return text;
}
