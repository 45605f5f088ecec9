/** `POST /v1/{account}/{gateway}`: steps to be tried in order. */
import { admit } from "../admit.ts";
import { readTextBody } from "../body.ts";
import type { Endpoint } from "../http_call.ts";
import { readEntries } from "../universal/entry.ts";
import { prepareSteps } from "../universal/prepare.ts";
import { walkSteps } from "../universal/walk_steps.ts";

/** Answers in the winner's own native form; `cf-aig-step` says which it was. */
export const universal: Endpoint = async (call) => {
  const admission = admit(call);
  const text = await readTextBody(call.incoming, call.core.settings.bodyLimit);
  return await walkSteps(prepareSteps(readEntries(text), call, admission), call);
};
