/**
 * A request in OpenAI's words → in those of a provider's profile. The one place for it: requests that are
 * relayed and requests that are translated both pass here. Nothing that is read is changed; what stays the
 * same stays the very same value, so that a relay can tell what to edit. What is taken out is `undefined`:
 * deleting members makes an object slow.
 */
import { ASKED_COST } from "../../chat/asked_cost.ts";
import type { CallOptions } from "../../chat/codec.ts";
import { reportMembers } from "../../chat/foreign_losses.ts";
import { adaptCallIds } from "./adapt_call_ids.ts";
import { adaptFormat } from "./adapt_format.ts";
import { adaptMessages } from "./adapt_messages.ts";
import { adaptParameters, settleParameters } from "./adapt_parameters.ts";
import { adaptTools } from "./adapt_tools.ts";
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";

/** Gives the body to send; a streamed one asks for usage wherever the provider allows it. */
export function adaptRequest(
  profile: AppliedProfile,
  given: Readonly<Json>,
  { model, stream }: CallOptions,
  losses: Losses,
): Json {
  const body: Json = { ...given, model };
  if (body[ASKED_COST] !== undefined) body[ASKED_COST] = undefined;
  adaptParameters(profile, body, losses);
  adaptTools(profile, body, losses);
  const instruction = adaptFormat(profile, body, stream, losses);
  if (Array.isArray(body.messages)) {
    const messages = adaptMessages(profile, body.messages, instruction, losses);
    body.messages = adaptCallIds(profile.callIds, messages, losses);
  }
  settleParameters(profile, body, losses);
  askForUsage(profile, body, stream, losses);
  return body;
}

/** The gateway itself grants the caller's wish for usage, so one that can't be sent is no loss. */
function askForUsage(
  { asksUsage = true, accepts }: AppliedProfile,
  body: Json,
  stream: boolean,
  losses: Losses,
): void {
  const given = isObject(body.stream_options) ? body.stream_options : NOTHING;
  // Strict providers know no other member of it.
  const strict = accepts !== undefined;
  const others = given === NOTHING ? NOTHING : { ...given, include_usage: undefined };
  if (strict || !asksUsage) reportMembers(others, "stream_options", losses);
  if (!asksUsage || (!stream && strict)) {
    body.stream_options = undefined;
  } else if (stream && (given.include_usage !== true || (strict && hasMore(given)))) {
    body.stream_options = { ...(strict ? NOTHING : given), include_usage: true };
  }
}

const NOTHING: Readonly<Json> = {};

function hasMore(options: Readonly<Json>): boolean {
  return Object.keys(options).length > 1;
}
