/** `gateway.explain`: the way of a request up to where it would be sent. */
import { GatewayError } from "../errors.ts";
import { readMember } from "../json/scan_object.ts";
import { uuidV7 } from "../random.ts";
import { explain, type Explanation } from "../routing/explain.ts";
import { admit, keyChoice } from "./admit.ts";
import { readJsonBody } from "./body.ts";
import { checkHostSyntax } from "./guards.ts";
import type { Context, Core, HttpCall } from "./http_call.ts";
import type { Incoming } from "./incoming.ts";
import { PATH_TABLE } from "./path_table.ts";
import { requestOptions } from "./request_options.ts";
import { createLocator } from "./router.ts";

/** Explains requests to one gateway; admits whom the handler admits, and throws what it would answer. */
export type Explainer = (incoming: Incoming, context: Context) => Promise<Explanation>;

/** Builds the explainer of one gateway. */
export function createExplainer(core: Core): Explainer {
  const { settings } = core;
  const locate = createLocator(PATH_TABLE, settings.basePath);
  return async (incoming, context) => {
    checkHostSyntax(incoming);
    const { url, row, params } = await locate(incoming.url);
    const named = row.dialect !== "cloudflare" && row.methods.includes("POST");
    if (!named || incoming.method !== "POST") throw unexplained();
    const arrivedAt = settings.clock.now();
    const logId = uuidV7(settings.clock, settings.random);
    const call: HttpCall = { core, incoming, context, url, params, logId, arrivedAt };
    const admission = admit(call);
    const { gateway, caller } = admission;
    const { headers } = incoming;
    const { retry, keyAlias, metadata } = requestOptions(headers, gateway, context.metadata);
    await settings.sharedKeys?.refresh((work) => context.waitUntil?.(work));
    const body = await readJsonBody(incoming, settings.bodyLimit);
    const model = readMember(body, "model");
    if (typeof model !== "string") {
      throw new GatewayError(2019, "model must be a string", { param: "model" });
    }
    const request = {
      metadata,
      body: body.value,
      headers,
      model,
      characters: body.text.length,
      keys: keyChoice(admission, keyAlias),
      scope: caller.grant?.scope,
      attempts: retry.attempts,
    };
    return await explain(request, gateway, settings);
  };
}

function unexplained(): GatewayError {
  return new GatewayError(
    2103,
    "Only requests that name a model in their body can be explained, such as POST /v1/chat/completions",
  );
}
