/** What callers of another protocol say, and OpenAI's has no words for. */
import { foreignMembers } from "../../chat/extension.ts";
import { type ForeignWords, reportForeign } from "../../chat/foreign_losses.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { isObject, objectOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";

const NOTHING: ForeignWords = { message: () => false, part: () => false, tool: () => false };

/** Reports it, at every level. */
export function reportForeignWords(request: ChatRequest, losses: Losses): void {
  reportForeign(request, PROTOCOL, NOTHING, losses);
  if (request.extensions === undefined) return;
  for (const [name, value] of foreignMembers(request, PROTOCOL)) {
    if (name === "other_tools") losses.dropped("tools");
    else if (name === "output_config" && isObject(value)) reportOutput(value, losses);
    else if (name === "thinking") reportThinking(request, value, losses);
    else losses.dropped(name);
  }
}

/** The effort is the neutral language's, by another name. */
function reportOutput(config: Record<string, unknown>, losses: Losses): void {
  for (const name of Object.keys(config)) {
    if (name === "effort") losses.renamed("output_config.effort", "reasoning_effort");
    else losses.dropped(`output_config.${name}`);
  }
}

/** A budget has become a level of effort, which is less exact; no thinking is no effort. */
function reportThinking({ reasoningEffort }: ChatRequest, value: unknown, losses: Losses): void {
  if (reasoningEffort === undefined) losses.dropped("thinking");
  else if (objectOf(value).type === "disabled") losses.renamed("thinking", "reasoning_effort");
  else losses.emulated("thinking");
}
