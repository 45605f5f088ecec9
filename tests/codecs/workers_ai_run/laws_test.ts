/** The laws. Its older form has no room for id, model and time, so those are the caller's own here. */
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { workersAiRun } from "../../../lib/codecs/workers_ai_run/mod.ts";
import { testLaws } from "../laws.ts";
import { requests, responses } from "../openai_chat/arbitraries.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";

testLaws(workersAiRun(openaiChat()), {
  requests,
  responses: responses.map((response) => ({ ...response, ...DEFAULTS })),
});
