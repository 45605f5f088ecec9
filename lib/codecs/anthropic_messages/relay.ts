/** Caller and provider both speak Anthropic's protocol: what each says reaches the other as it was said. */
import { ASKED_COST } from "../../chat/asked_cost.ts";
import { refuseUnfetched } from "../../chat/addressed_media.ts";
import type {
  AnswerDefaults,
  CallOptions,
  EncodedRequest,
  RelayCodec,
  RelayedResponse,
} from "../../chat/codec.ts";
import type { CostTeller } from "../../chat/response.ts";
import { Losses } from "../../chat/losses.ts";
import { objectOf, textOf } from "../../json/fields.ts";
import type { JsonText } from "../../json/scan_object.ts";
import { removeMembers, setMember, splice } from "../../json/splice.ts";
import { decodeRequest } from "./decode_request.ts";
import { parseAnswer } from "./decode_response.ts";
import { fetchesMedia } from "./encode_media.ts";
import { pathFor } from "./encode_request.ts";
import type { AnthropicMessagesProfile } from "./profile.ts";
import { MessageRelay } from "./relay_stream.ts";
import { addCost, decodeUsage } from "./usage.ts";

/** The relay of a platform. */
export function relayFor(profile: AnthropicMessagesProfile): RelayCodec {
  return {
    relayRequest: (body, options) => relayRequest(profile, body, options),
    relayResponse,
    relayStream: ({ cost }, defaults) => new MessageRelay(defaults, cost),
  };
}

/** Only what names the model, and what the platform wants otherwise, is written anew. */
function relayRequest(
  profile: AnthropicMessagesProfile,
  body: JsonText,
  options: CallOptions,
): EncodedRequest {
  if (profile.urlSources === false && body.text.includes('"url"')) {
    refuseUnfetched(decodeRequest(body.value).messages, (part) => fetchesMedia(profile, part));
  }
  const losses = new Losses();
  const added = Object.entries(profile.body ?? {});
  const edits = added.map(([name, value]) => setMember(body, name, JSON.stringify(value)));
  const removed = new Set((profile.drops ?? []).filter((name) => body.members.has(name)));
  for (const name of removed) losses.dropped(name);
  if (body.members.has(ASKED_COST)) removed.add(ASKED_COST);
  if (profile.modelInPath === true) removed.add("model");
  else edits.push(setMember(body, "model", JSON.stringify(options.model)));
  return {
    path: pathFor(profile, options),
    body: splice(body.text, [...edits, ...removeMembers(body, removed)]),
    warnings: losses.warnings,
  };
}

function relayResponse(
  text: string,
  _: AnswerDefaults,
  cost: CostTeller | undefined,
): RelayedResponse {
  const answer = parseAnswer(text);
  const usage = () => decodeUsage(objectOf(answer.usage));
  const model = textOf(answer.model);
  if (cost === undefined) return { text, model, usage };
  const counts = usage();
  addCost(answer, counts, cost);
  return { text: JSON.stringify(answer), model, usage: () => counts };
}
