/** `POST …/embeddings`. */
import type { Usage } from "../../chat/response.ts";
import { openaiEmbeddings } from "../../codecs/openai_embeddings/mod.ts";
import type { EmbeddingCodec } from "../../embeddings/codec.ts";
import type { EmbeddingResponse } from "../../embeddings/response.ts";
import { present } from "../../json/fields.ts";
import { dollarsOf } from "../../policy/price_book.ts";
import { withFallbacks } from "../../policy/scope.ts";
import { dryRunEmbeddings } from "../../routing/dry_run.ts";
import { runEmbeddings } from "../../routing/run_embeddings.ts";
import { priced } from "../../routing/planned_model.ts";
import { planFor } from "../../routing/plan.ts";
import { Departure } from "../../upstream/departure.ts";
import type { EmbeddingExchange } from "../../upstream/embed.ts";
import { contextFor, Defaults, type Question, readQuestion, whileWaiting } from "../answer_chat.ts";
import { dryRunReply, rehearsedPlan } from "../answer_dry_run.ts";
import { answerHeaders } from "../answer_reply.ts";
import { settleWalk, walkFor } from "../graph_walk.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";

const openai = openaiEmbeddings();

/** Vectors in OpenAI's dialect, from any provider that has them. */
export const embeddings: Endpoint = async (call) => await embed(await readQuestion(call));

/** The same for whoever has read the request, which may be another dialect's, and name its model in the path. */
export async function embed(
  question: Question,
  caller: EmbeddingCodec = openai,
  path?: string,
): Promise<Reply> {
  const { call, admission, options, headers, body, run } = question;
  const { core: { settings, via }, incoming } = call;
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
  const context = contextFor(call, admission, options, defaults);
  context.scope = withFallbacks(context.scope, request.fallbacks);
  if (options.dryRun) {
    const rehearsed = await rehearsedPlan(plan, call, body, options);
    return await dryRunReply(dryRunEmbeddings(rehearsed, exchange, context, settings));
  }
  context.walk = walkFor(plan, call, body, options, context.prices, headers);
  return await whileWaiting(incoming, departure, async () => {
    const answer = await runEmbeddings(plan, exchange, context, run, settings);
    const { target, response } = answer;
    const usage = usageOf(response);
    settleWalk(call, context, run, target, usage);
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

function usageOf({ inputTokens, statedCost }: EmbeddingResponse): Usage | undefined {
  if (inputTokens === undefined) return undefined;
  return { inputTokens, outputTokens: 0, totalTokens: inputTokens, ...present({ statedCost }) };
}
