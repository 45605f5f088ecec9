import type { AnswerDefaults, RelayedResponse } from "../../chat/codec.ts";
import type { CostTeller } from "../../chat/response.ts";
import { answerEndsWell } from "./ends_well.ts";
import { decodeUsage } from "./usage.ts";
import { isObject, type Json, textOf } from "../../json/fields.ts";
import { parseAnswer } from "./parse_answer.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { repairResponse } from "./repair_response.ts";
import { repairUsage } from "./repair_usage.ts";

/** A whole answer in the caller's own dialect: the very same text wherever nothing had to be repaired. */
export function relayResponse(
  profile: OpenAIChatProfile,
  text: string,
  defaults: AnswerDefaults,
  cost?: CostTeller,
): RelayedResponse {
  const answer = parseAnswer(text);
  const repaired = profile.faithful !== true && repairResponse(profile, answer, defaults);
  const usage = () => {
    const counts = isObject(answer.usage) ? repairUsage(answer.usage) : undefined;
    return counts && decodeUsage(counts);
  };
  const counts = cost && usage();
  if (counts !== undefined) Object.assign(answer.usage as Json, { cost: cost!(counts) });
  const changed = repaired || counts !== undefined;
  return {
    text: changed ? JSON.stringify(answer) : text,
    model: textOf(answer.model),
    usage: counts === undefined ? usage : () => counts,
    endsWell: () => answerEndsWell(answer),
  };
}
