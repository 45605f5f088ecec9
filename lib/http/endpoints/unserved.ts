/** Paths that are known and not served: each says what is. */
import { GatewayError } from "../../errors.ts";
import { admit } from "../admit.ts";
import type { Endpoint } from "../http_call.ts";

const WORKS = "what works is POST /v1/chat/completions, POST /v1/messages, POST /v1/embeddings, " +
  "all three below /v1/{account}/{gateway}/compat and /client/v4/accounts/{account}/ai/v1, " +
  "POST /v1/{account}/{gateway} with a list of steps, and /v1/{account}/{gateway}/{provider}/{path}";

/** A dialect or door of a later version: 501, and only for callers who may know. */
export function notBuilt(what: string): Endpoint {
  return (call) => {
    admit(call);
    throw new GatewayError(2105, `This version does not serve ${what} yet; ${WORKS}`);
  };
}

/** OpenAI's other endpoints: they are no translation's business, and have a native path. */
export const nativeOnly: Endpoint = ({ url, core }) => {
  const rest = url.pathname.slice(core.settings.basePath.length).replace(/^(?:\/v1)+/, "");
  throw new GatewayError(
    2103,
    `Nothing is served at ${shown(url)}; its native path is /v1/{account}/{gateway}/openai${rest}`,
  );
};

/** Anything else. */
export const notFound: Endpoint = ({ url }) => {
  throw new GatewayError(2103, `Nothing is served at ${shown(url)}; ${WORKS}`);
};

function shown({ pathname }: URL): string {
  return pathname.length > 100 ? `${pathname.slice(0, 100)}…` : pathname;
}
