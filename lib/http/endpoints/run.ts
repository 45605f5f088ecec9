/** `POST …/ai/run` and `…/ai/run/{model}`: any model, asked in Workers AI's own words. */
import type { CallerCodec } from "../../chat/codec.ts";
import { openaiChat } from "../../codecs/openai_chat/mod.ts";
import { runPath, workersAiEmbed, workersAiRun } from "../../codecs/workers_ai_run/mod.ts";
import { isObject } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { type JsonText, readMember, scanObject } from "../../json/scan_object.ts";
import { removeMembers, splice } from "../../json/splice.ts";
import { parseModelName } from "../../routing/model_name.ts";
import { findRoute } from "../../routing/plan.ts";
import { type Admission, admit } from "../admit.ts";
import { answerQuestion } from "../answer_chat.ts";
import { readJsonBody } from "../body.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { requestOptions } from "../request_options.ts";
import { embed } from "./embeddings.ts";
import { passTo } from "./passthrough.ts";

const chat = workersAiRun(openaiChat());
const vectors = workersAiEmbed();

/** A model whose provider speaks this very protocol is asked as it stands; with others, what is said is translated. */
export const runModel: Endpoint = async (call) => {
  const admission = admit(call);
  const { incoming, params: { model }, core: { settings } } = call;
  if (model !== undefined) return await run(model, call, admission);
  const body = await readJsonBody(incoming, settings.bodyLimit);
  const named = readMember(body, "model");
  if (typeof named !== "string" || named === "") refuse("model", "a model's name");
  return await run(named, call, admission, inputOf(body));
};

/** What the model is to read: Cloudflare has it under `input` where the body names the model, else beside it. */
function inputOf(body: JsonText): JsonText {
  const place = body.members.get("input");
  const inside = place !== undefined && isObject(body.value.input);
  return scanObject(
    inside
      ? body.text.slice(place.start, place.end)
      : splice(body.text, removeMembers(body, new Set(["model"]))),
  );
}

async function run(
  model: string,
  call: HttpCall,
  admission: Admission,
  input?: JsonText,
): Promise<Reply> {
  const native = nativePlace(model, call, admission);
  if (native !== undefined) {
    return await passTo({ ...native, ...(input && { body: input.text }) }, call, admission);
  }
  const { core: { settings }, incoming, context: { metadata } } = call;
  const { headers } = incoming;
  const options = requestOptions(headers, admission.gateway, metadata);
  const body = input ?? await readJsonBody(incoming, settings.bodyLimit);
  const question = { call, admission, options, headers, body, run: { attempts: [] } };
  const path = runPath(model);
  const asksVectors = body.members.has("text") && !body.members.has("messages");
  return asksVectors
    ? await embed(question, vectors, path)
    : await answerQuestion(question, at(path), "chatcmpl-");
}

/** Where the model's own provider runs it, unless a route has its name. */
function nativePlace(model: string, { core: { settings } }: HttpCall, { gateway }: Admission) {
  if (findRoute(model, gateway) !== undefined) return undefined;
  const { provider, model: own } = parseModelName(model, settings);
  const path = provider.definition.runPath?.(own);
  return path === undefined ? undefined : { provider, path, model: own };
}

/** The same dialect for a request whose path names the model. */
function at(path: string): CallerCodec {
  return {
    ...chat,
    peekRequest: (body) => chat.peekRequest(body, path),
    decodeRequest: (body) => chat.decodeRequest(body, path),
  };
}
