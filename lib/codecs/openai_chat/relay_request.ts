import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import type { JsonText } from "../../json/scan_object.ts";
import { type Edit, removeMembers, renameMember, setMember, splice } from "../../json/splice.ts";
import { adaptRequest } from "./adapt_request.ts";
import type { AppliedProfile } from "./apply_profile.ts";
import type { Json } from "../../json/fields.ts";
import { Losses } from "../../chat/losses.ts";

/** Sends the caller's own text on, except for the members that the provider's profile changes. */
export function relayRequest(
  profile: AppliedProfile,
  body: JsonText,
  options: CallOptions,
): EncodedRequest {
  const losses = new Losses();
  const wanted = adaptRequest(profile, body.value, options, losses);
  const edits = editsFor(body, wanted, profile);
  return { path: profile.path, body: splice(body.text, edits), warnings: losses.warnings };
}

/** What turns the text into `wanted`: values that are still the very same are not touched. */
function editsFor(body: JsonText, wanted: Json, { renames }: AppliedProfile): Edit[] {
  const edits: Edit[] = [];
  const removed = new Set<string>();
  for (const key of Object.keys(wanted)) {
    const value = wanted[key];
    if (body.members.has(key)) {
      if (value === undefined) removed.add(key);
      else if (value !== body.value[key]) edits.push(setMember(body, key, JSON.stringify(value)));
      continue;
    }
    if (value === undefined) continue;
    const from = renames.find(([from, to]) => to === key && body.value[from] === value)?.[0];
    if (from === undefined) edits.push(setMember(body, key, JSON.stringify(value)));
    else {
      edits.push(...renameMember(body, from, key));
      removed.delete(from);
    }
  }
  if (removed.size > 0) edits.push(...removeMembers(body, removed));
  return edits;
}
