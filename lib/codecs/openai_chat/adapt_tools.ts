/** Tools and the choice among them, as strict providers take them. */
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json, objectOf, objectsOf } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";

const FUNCTION_MEMBERS = new Set(["name", "description", "parameters", "strict"]);

/** Rewrites `tools` in the body. */
export function adaptTools(profile: AppliedProfile, body: Json, losses: Losses): void {
  const { plainTools = false, customTools = true, strictTools = "always" } = profile;
  const everything = !plainTools && customTools && strictTools === "always";
  if (everything || !Array.isArray(body.tools)) return;
  const strict = strictTools === "always" || (strictTools === "alike" && areAlike(body));
  const tools = body.tools.flatMap((tool): unknown[] => {
    if (!isObject(tool) || !isObject(tool.function)) {
      const refused = plainTools || (!customTools && isObject(tool) && tool.type === "custom");
      if (refused) losses.dropped("tools");
      return refused ? [] : [tool];
    }
    const called = adaptFunction(tool.function, plainTools, strict, losses);
    const type = "function";
    return [plainTools ? { type, function: called } : { type, ...tool, function: called }];
  });
  body.tools = tools.length > 0 ? tools : undefined;
  // A choice among no tools is refused.
  if (tools.length === 0) body.tool_choice = undefined;
}

/** Whether all functions are strict or none is; one call at a time needs no likeness. */
function areAlike({ tools, parallel_tool_calls }: Json): boolean {
  const strict = objectsOf(tools).map((tool) => objectOf(tool.function).strict === true);
  return parallel_tool_calls === false || strict.every((each) => each === strict[0]);
}

function adaptFunction(called: Json, plain: boolean, strict: boolean, losses: Losses): Json {
  const out: Json = {};
  for (const [key, value] of Object.entries(called)) {
    const unknown = plain && !FUNCTION_MEMBERS.has(key);
    const refused = key === "strict" && !strict;
    if ((unknown && value !== null) || (refused && value === true)) {
      losses.dropped(`tools.function.${key}`);
    }
    if (!unknown && !refused && value !== null) out[key] = value;
  }
  if (plain) out.parameters ??= { type: "object", properties: {} };
  return out;
}
