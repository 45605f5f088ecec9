/** `POST …/ai/run` and `…/ai/run/{model}`: Workers AI's own way of asking, for every provider's models. */
import { pathSegments } from "../../chat/path_segment.ts";
import { openaiChat } from "../../codecs/openai_chat/mod.ts";
import { workersAiRun } from "../../codecs/workers_ai_run/mod.ts";
import { isObject } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { type JsonText, readMember, scanObject } from "../../json/scan_object.ts";
import { removeMembers, setMember, splice } from "../../json/splice.ts";
import { runsNatively } from "../../routing/native_provider.ts";
import { admit } from "../admit.ts";
import { answerQuestion, type Question } from "../answer_chat.ts";
import { readJsonBody } from "../body.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { requestOptions } from "../request_options.ts";
import { nativeStep } from "../universal/native_step.ts";

const caller = workersAiRun(openaiChat());

/** What Workers AI's own models answer is theirs, pictures and sound too; with any other model this is a way to chat. */
export const runModel: Endpoint = async (call) => {
  const { core: { settings }, incoming, context, params } = call;
  const { headers } = incoming;
  const admission = admit(call);
  const options = requestOptions(headers, admission.gateway.retry, context.metadata);
  const body = await readJsonBody(incoming, settings.bodyLimit);
  const model = params.model ?? readMember(body, "model");
  if (typeof model !== "string" || model === "") refuse("model", "a model's name");
  const question = {
    call,
    admission,
    options,
    headers,
    body: inputOf(body),
    run: { attempts: [] },
  };
  const provider = runsNatively(model, admission.gateway, settings);
  if (provider !== undefined) return await relay(question, provider, model);
  const named = setMember(question.body, "model", JSON.stringify(model));
  const text = splice(question.body.text, [named]);
  return await answerQuestion({ ...question, body: scanObject(text) }, caller, "chatcmpl-");
};

/** What the model is to read: Cloudflare has it under `input` where the body names the model, else at the top. */
function inputOf(body: JsonText): JsonText {
  const { start, end } = body.members.get("input") ?? { start: 0, end: 0 };
  return isObject(readMember(body, "input")) ? scanObject(body.text.slice(start, end)) : body;
}

function relay(
  { call, admission, options, body, run }: Question,
  provider: string,
  model: string,
): Promise<Reply> {
  // Whatever came in `authorization` was meant for the gateway.
  const headers = new Map([...call.incoming.headers].filter(([name]) => name !== "authorization"));
  const entry = {
    place: "",
    provider,
    endpoint: `run/${pathSegments(model).replaceAll("%40", "@")}`,
    headers,
    query: splice(body.text, removeMembers(body, new Set(["model"]))),
    warnings: [],
  };
  return nativeStep({ entry, call, admission, options }).ask(run, { last: true, only: true });
}
