/** One exchange of a key for an access token, https://www.rfc-editor.org/rfc/rfc6749#section-5. */
import { beginningOf } from "../byte_source.ts";
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { objectOf, parseJson, textOf } from "../json/fields.ts";
import { redact } from "../secret.ts";
import { VERSION } from "../version.ts";
import type { CallContext } from "./call_context.ts";
import { credentialOf, keyFault } from "./credentials.ts";
import type { Waiting } from "./exchange.ts";
import { unreachable } from "./provider_error.ts";
import { type RunningCall, sourceOf } from "./running_call.ts";
import type { Target } from "./target.ts";
import type { AccessToken } from "./token_cache.ts";

/** An answer with a token is a few kilobytes; more is none. */
const LONGEST_ANSWER = 64 * 1024;

/** Where an answer doesn't say how long its token holds, in seconds. */
const SHORT_LIFE = 300;

/** A clock that is wrong by less is not why a statement was refused. */
const NOTABLE_SKEW = 30_000;

/** The token that is shown in place of the call's key; calls that need it together wait for one exchange. */
export function tokenFor({ target, context, signal }: RunningCall<Waiting>): Promise<string> {
  const fetchToken = (ownSignal: AbortSignal) => exchange(target, context, ownSignal);
  const { tokens, definition } = target.provider;
  const caller = { clock: context.clock, signal, fetchToken, provider: definition.slug };
  return tokens.get(target.key!, caller);
}

/** Throws 2118 where the key is refused, 2005 or 2002 where the token endpoint fails. */
async function exchange(
  target: Target,
  context: CallContext,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { definition } = target.provider;
  const { secrets, askForToken } = credentialOf(target.provider, target.key)!;
  const issued = context.clock.now();
  const { url, form } = await askForToken!(issued).catch((error) => {
    throw keyFault(definition, error);
  });
  const hidden = [...secrets, ...Object.values(form).filter((value) => value.length > 100)];
  try {
    const response = await context.fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
        "user-agent": `dragoman/${VERSION}`,
      },
      body: new URLSearchParams(form).toString(),
      redirect: "manual",
      signal,
    });
    const source = sourceOf(response);
    const text = await beginningOf(source, LONGEST_ANSWER, rethrow);
    if (text.length === LONGEST_ANSWER) source.cancel();
    if (response.status >= 300) {
      throw refusal(target, response, text, { hidden, now: context.clock.now() });
    }
    return { ...readToken(target, text), issued };
  } catch (error) {
    throw unreachable(target, signal.aborted ? signal.reason : error, "the token endpoint of ");
  }
}

function readToken(target: Target, text: string): Omit<AccessToken, "issued"> {
  const answer = objectOf(parseJson(text));
  const token = textOf(answer.access_token);
  // Anything else could not be sent in a header.
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) throw noAnswer(target, "no token");
  const seconds = Number(answer.expires_in);
  return { text: token, lifetime: (seconds > 0 ? seconds : SHORT_LIFE) * 1000 };
}

/** What a refusal means: the key's fault, or the endpoint's. */
function refusal(
  target: Target,
  { status, headers }: FetchedResponse,
  text: string,
  { hidden, now }: { hidden: readonly string[]; now: number },
): GatewayError {
  const provider = target.provider.definition.slug;
  const { error, error_description } = objectOf(parseJson(text));
  const code = textOf(error);
  if (status >= 500 || status === 429) {
    const what =
      `Cannot get an access token for ${provider}: its token endpoint answered ${status}`;
    return new GatewayError(2005, what, { provider });
  }
  if (status < 400 || code === undefined) return noAnswer(target, `status ${status}`);
  const words = textOf(error_description);
  const why = redact(words === undefined ? code : `${code} (${words})`, hidden).slice(0, 300);
  const hint = skewHint(headers.get("date"), now);
  return new GatewayError(
    2118,
    `The key for ${provider} was given no access token: ${why}${hint}`,
    { provider },
  );
}

/** Statements are dated: a clock that is wrong makes every one of them invalid. */
function skewHint(date: string | null, now: number): string {
  const skew = now - Date.parse(date ?? "");
  if (!(Math.abs(skew) > NOTABLE_SKEW)) return "";
  const seconds = Math.round(Math.abs(skew) / 1000);
  return `; this machine's clock is ${seconds} s ${skew > 0 ? "ahead" : "behind"}: set it right`;
}

function noAnswer(target: Target, what: string): GatewayError {
  const provider = target.provider.definition.slug;
  return new GatewayError(2002, `The token endpoint of ${provider} gave no token: ${what}`, {
    provider,
  });
}

function rethrow(error: unknown): never {
  throw error;
}
