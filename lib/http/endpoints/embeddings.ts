/** `POST …/embeddings`. */
import { openaiEmbeddings } from "../../codecs/openai_embeddings/mod.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import { dollarsOf } from "../../policy/price_book.ts";
import { withFallbacks } from "../../policy/scope.ts";
import { dryRunEmbeddings } from "../../routing/dry_run.ts";
import { runEmbeddings } from "../../routing/run_embeddings.ts";
import { priced } from "../../routing/planned_model.ts";
import { planFor } from "../../routing/plan.ts";
import { Departure } from "../../upstream/departure.ts";
import type { EmbeddingExchange } from "../../upstream/embed.ts";
import { usageOfVectors } from "../../upstream/usage_reader.ts";
import { contextFor, Defaults, type Question, readQuestion, whileWaiting } from "../answer_chat.ts";
import { dryRunReply, rehearsedPlan } from "../answer_dry_run.ts";
import { answerHeaders } from "../answer_reply.ts";
import { walkFor } from "../graph_walk.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { gateFor, settle } from "../limits.ts";

const openai = openaiEmbeddings();

/** Vectors are not written in tokens. */
const NO_OUTPUT = { most: 0 };

/** Vectors in OpenAI's dialect, from any provider that has them. */
export const embeddings: Endpoint = async (call) => await embed(await readQuestion(call));

/** The same for whoever has read the request, which may be another dialect's, and name its model in the path. */
export async function embed(
  question: Question,
  caller: EmbeddingCodec = openai,
  path?: string,
): Promise<Reply> {
  const { call, admission, options, headers, body, run } = question;
  const { settings, via } = call.core;
  const request = caller.decodeRequest(body.value, path);
  const plan = planFor(request.model, admission.gateway, settings);
  const departure = new Departure();
  const exchange: EmbeddingExchange = {
    asker: { stream: false, departure },
    request,
    strict: options.strict,
    headers,
    via: `1.1 ${via}`,
  };
  const defaults = new Defaults("", call, request.model);
  const context = contextFor(call, admission, options, defaults, run);
  context.scope = withFallbacks(context.scope, request.fallbacks);
  const routed = { ...body, expects: () => NO_OUTPUT };
  if (options.dryRun) {
    const rehearsed = await rehearsedPlan(plan, call, routed, options);
    return await dryRunReply(dryRunEmbeddings(rehearsed, exchange, context, settings));
  }
  const { fallbacks } = request;
  const reckoning = { characters: body.text.length, expects: routed.expects, fallbacks };
  context.gate = gateFor(call, admission, options, run, context, reckoning);
  context.walk = walkFor(plan, call, routed, options, run, headers);
  return await whileWaiting(call, departure, run, async () => {
    const answer = await runEmbeddings(plan, exchange, context, run, settings);
    const { target, response } = answer;
    const usage = usageOfVectors(response);
    settle(call, run, context, target, () => usage);
    if (request.cost === true && usage !== undefined) {
      // What is kept has been paid for.
      response.cost = run.cached === undefined
        ? dollarsOf(context.toldPrices, priced(target), usage)
        : 0;
    }
    const headers = answerHeaders(answer, { call, context, run });
    headers["content-type"] = "application/json";
    return { status: 200, headers, body: caller.encodeResponse(response, request.encoding) };
  });
}
