import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import type { Warning } from "../../chat/warning.ts";
import { type JsonText, readMember, scanObject } from "../../json/scan_object.ts";
import { type Edit, removeMembers, renameMember, setMember, splice } from "../../json/splice.ts";
import {
  type AppliedProfile,
  applyProfile,
  type OpenAIChatProfile,
  winningName,
} from "./profile.ts";

/** What has to change in a body, before it is changed. */
interface Plan {
  edits: Edit[];
  removed: Set<string>;
  warnings: Warning[];
}

/** Sends the caller's own text on: model, renamed and refused parameters and the wish for usage apart. */
export function relayRequest(
  profile: OpenAIChatProfile,
  body: JsonText,
  options: CallOptions,
): EncodedRequest {
  const applied = applyProfile(profile, options.model);
  const plan: Plan = { edits: [], removed: new Set(), warnings: [] };
  plan.edits.push(setMember(body, "model", JSON.stringify(options.model)));
  dropIgnored(plan, body, applied);
  rename(plan, body, applied);
  if (options.stream) askForUsage(plan, body, applied);
  if (plan.removed.size > 0) plan.edits.push(...removeMembers(body, plan.removed));
  return { path: applied.path, body: splice(body.text, plan.edits), warnings: plan.warnings };
}

/** Present, and not `null`, which every provider reads as absent. */
function says(body: JsonText, key: string): boolean {
  return (readMember(body, key) ?? null) !== null;
}

function dropIgnored(plan: Plan, body: JsonText, { ignored }: AppliedProfile): void {
  for (const param of ignored) {
    if (!body.members.has(param)) continue;
    plan.removed.add(param);
    if (says(body, param)) plan.warnings.push({ kind: "dropped", param });
  }
}

function rename(plan: Plan, body: JsonText, { renames }: AppliedProfile): void {
  for (const each of renames) {
    const { from, to } = each;
    if (!body.members.has(from) || plan.removed.has(from)) continue;
    const both = says(body, from) && says(body, to);
    if (!says(body, from) || (both && winningName(each) === to)) {
      plan.removed.add(from);
      continue;
    }
    if (body.members.has(to)) plan.removed.add(to);
    plan.edits.push(...renameMember(body, from, to));
    plan.warnings.push({ kind: "renamed", param: from, to });
  }
}

const USAGE_WISH = '{"include_usage":true}';

function askForUsage(plan: Plan, body: JsonText, { asksUsage }: AppliedProfile): void {
  const member = body.members.get("stream_options");
  if (plan.removed.has("stream_options")) return;
  if (!asksUsage) {
    // The gateway itself grants the wish: no loss, so no warning.
    if (member !== undefined) plan.removed.add("stream_options");
    return;
  }
  const given = member && body.text.slice(member.start, member.end);
  const json = given?.startsWith("{") ? withUsage(given) : USAGE_WISH;
  if (json !== given) plan.edits.push(setMember(body, "stream_options", json));
}

function withUsage(given: string): string {
  const options = scanObject(given);
  return splice(given, [setMember(options, "include_usage", "true")]);
}
