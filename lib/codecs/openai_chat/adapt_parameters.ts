/** Top-level parameters: their names, values and bounds. */
import type { AppliedProfile } from "./apply_profile.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ValueTable } from "./profile.ts";

/** What asks for nothing but the default: leaving it out is no loss. */
const NEUTRAL: Readonly<Record<string, unknown>> = {
  frequency_penalty: 0,
  logprobs: false,
  n: 1,
  parallel_tool_calls: true,
  presence_penalty: 0,
  service_tier: "auto",
  store: false,
  stream: false,
  tool_choice: "auto",
  top_logprobs: 0,
  top_p: 1,
};

/** Whether a value says something: neither null, nor empty, nor what would happen anyway. */
function asks(param: string, value: unknown): boolean {
  if (value === undefined || value === null || value === NEUTRAL[param]) return false;
  if (Array.isArray(value)) return value.length > 0 && !(param === "modalities" && isText(value));
  // An empty `web_search_options` asks for a search.
  return !isObject(value) || Object.keys(value).length > 0 || param === "web_search_options";
}

function isText(modalities: unknown[]): boolean {
  return modalities.length === 1 && modalities[0] === "text";
}

/** Leaves a parameter out, and says so where that costs something. */
export function dropParameter(body: Json, param: string, losses: Losses): void {
  if (asks(param, body[param])) losses.dropped(param);
  body[param] = undefined;
}

/** What concerns parameters by OpenAI's own names; comes first. */
export function adaptParameters(profile: AppliedProfile, body: Json, losses: Losses): void {
  if (profile.refusesEmpty === true) dropEmpty(body);
  for (const param of profile.drops) {
    if (body[param] !== undefined) dropParameter(body, param, losses);
  }
  for (const { drop, beside, value } of profile.conflicts) {
    if (body[beside] === value && body[drop] !== undefined) dropParameter(body, drop, losses);
  }
  for (const [param, table] of profile.values) {
    if ((body[param] ?? undefined) !== undefined) translateValue(body, param, table, losses);
  }
  for (const [param, bounds] of profile.ranges) clamp(body, param, bounds, losses);
  if (profile.stopList === true && typeof body.stop === "string") body.stop = [body.stop];
  if (profile.countedLogprobs === true) countLogprobs(body);
  if (profile.flatLocation === true) flattenLocation(body);
}

function dropEmpty(body: Json): void {
  for (const [key, value] of Object.entries(body)) {
    const empty = Array.isArray(value) && value.length === 0 && key !== "messages";
    if (value === null || empty) body[key] = undefined;
  }
}

function translateValue(body: Json, param: string, table: ValueTable, losses: Losses): void {
  const from = body[param];
  const word = typeof from === "string" && Object.hasOwn(table, from) ? from : "*";
  const to = Object.hasOwn(table, word) ? table[word] : from;
  if (to === from) return;
  if (to === null || to === undefined) return dropParameter(body, param, losses);
  if (isObject(to)) {
    body[param] = undefined;
    Object.assign(body, to);
    losses.renamed(param, Object.keys(to)[0]);
  } else {
    body[param] = to;
    // Another level of effort is less, or more, than was asked for; every other word means the same.
    if (param !== "reasoning_effort") losses.renamed(param, String(to));
    else losses.report({ kind: "clamped", param, from: String(from), to: String(to) });
  }
}

function clamp(body: Json, param: string, bounds: readonly [number, number], losses: Losses): void {
  const given = body[param];
  const from = Array.isArray(given) ? given.length : given;
  if (typeof from !== "number") return;
  const to = Math.min(Math.max(from, bounds[0]), bounds[1]);
  if (to === from) return;
  body[param] = Array.isArray(given) ? given.slice(0, to) : to;
  losses.report({ kind: "clamped", param, from, to });
}

function countLogprobs(body: Json): void {
  const { logprobs, top_logprobs } = body;
  body.top_logprobs = undefined;
  if (logprobs === true) body.logprobs = Math.max(1, Number(top_logprobs ?? 1));
  else if (typeof logprobs === "boolean") body.logprobs = undefined;
}

function flattenLocation(body: Json): void {
  const options = body.web_search_options;
  if (!isObject(options) || !isObject(options.user_location)) return;
  const { approximate, type: _, ...place } = options.user_location;
  if (!isObject(approximate)) return;
  body.web_search_options = { ...options, user_location: { ...place, ...approximate } };
}

/** What concerns the provider's own names; comes last. */
export function settleParameters(profile: AppliedProfile, body: Json, losses: Losses): void {
  const { accepts, defaults, renames } = profile;
  for (const [from, to] of renames) rename(body, from, to, losses);
  if (accepts !== undefined) {
    for (const param of Object.keys(body)) {
      if (!accepts.has(param) && !ALWAYS.has(param)) dropParameter(body, param, losses);
    }
  }
  for (const [param, { value, unless = param }] of defaults) {
    if (body[param] === undefined && body[unless] === undefined) body[param] = value;
  }
}

const ALWAYS = new Set(["model", "messages", "stream", "stream_options"]);

/** Of two names for the token limit the newer counts, of two others the caller's own dialect's. */
function rename(body: Json, from: string, to: string, losses: Losses): void {
  const value = body[from];
  if (value === undefined) return;
  body[from] = undefined;
  if (value === null) return;
  const both = (body[to] ?? undefined) !== undefined;
  if (both && to === "max_completion_tokens") return;
  body[to] = value;
  losses.renamed(from, to);
}
