/** A step at a provider's own interface: what the entry holds is sent as it is, and what comes back is the answer. */
import { beginningOf, NO_BYTES } from "../../byte_source.ts";
import { GatewayError } from "../../errors.ts";
import { nativeProvider } from "../../routing/native_provider.ts";
import { MAX_ERROR_BODY } from "../../upstream/call.ts";
import type { ConfiguredProvider } from "../../upstream/configured_provider.ts";
import { failureOf, type NativeAnswer } from "../../upstream/passthrough.ts";
import { refusedBy } from "../../upstream/provider_error.ts";
import { answerNatively } from "../answer_native.ts";
import type { Step, StepParts } from "./step.ts";

/** Makes the step; throws 2008 for a provider nobody knows. */
export function nativeStep({ entry, call, admission, options }: StepParts): Step {
  const provider = nativeProvider(entry.provider, call.core.settings);
  const query = entry.endpoint.indexOf("?");
  const path = query < 0 ? entry.endpoint : entry.endpoint.slice(0, query);
  const search = query < 0 ? "" : entry.endpoint.slice(query);
  const type = entry.headers.get("content-type") ?? "application/json";
  const question = {
    call,
    admission,
    options,
    provider,
    path: `/${path}`,
    search,
    headers: entry.headers,
    body: { json: entry.query, type },
  };
  return {
    name: `${entry.provider} ${path}`,
    dialect: "cloudflare",
    options,
    ask: (run, { only, last }) =>
      answerNatively({ ...question, run }, async (answer) => {
        if (!only && answer.status >= 300) throw await refusal(answer, provider, last);
      }),
  };
}

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
  const source = body ?? NO_BYTES;
  // An error that breaks off is still that error: its status is known.
  const words = await beginningOf(source, MAX_ERROR_BODY, () => {});
  if (words.length === MAX_ERROR_BODY) source.cancel();
  const fault = codec.decodeError(status, words, { get: (name) => headers[name] ?? null });
  return refusedBy({ provider, model: "" }, fault, headers);
}
