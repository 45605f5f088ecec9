/** What another protocol's callers say inside messages and tools, and this one has no word for: reported, never lost in silence. */
import { isObject } from "../json/fields.ts";
import { foreignMembers } from "./extension.ts";
import type { Losses } from "./losses.ts";
import type { ChatRequest, Extended, Part } from "./request.ts";

/** Whether a protocol takes a foreign member, or the member asks for nothing. */
export type Understands = (name: string, value: unknown) => boolean;

/** The same, by what the member belongs to. */
export interface ForeignWords {
  message: Understands;
  part: Understands;
  tool: Understands;
}

/** Names under which protocols keep how a thing was written, which asks for nothing. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  "head",
  "inline",
  "legacy",
  "list",
  "untyped",
  "uri",
]);

/** Parts whose foreign members their own encoders judge: they are another provider's, or dropped as they are. */
const ELSEWHERE: ReadonlySet<Part["type"]> = new Set([
  "citation",
  "opaque",
  "reasoning",
  "refusal",
]);

/** Reports every foreign member of messages, their parts and tools that `words` doesn't understand. */
export function reportForeign(
  { messages, tools = [] }: ChatRequest,
  protocol: string,
  words: ForeignWords,
  losses: Losses,
): void {
  const reportPart = (part: Part): void => {
    if (!ELSEWHERE.has(part.type)) report(part, protocol, "messages.content", words.part, losses);
    if (part.type === "tool_call_response") part.response.forEach(reportPart);
  };
  for (const message of messages) {
    report(message, protocol, "messages", words.message, losses);
    message.parts.forEach(reportPart);
  }
  for (const tool of tools) report(tool, protocol, "tools", words.tool, losses);
}

function report(
  thing: Extended,
  protocol: string,
  place: string,
  understands: Understands,
  losses: Losses,
): void {
  if (thing.extensions === undefined) return;
  for (const [name, value] of foreignMembers(thing, protocol)) {
    // Where codecs keep what stood one level deeper.
    const members = name === "inner" && isObject(value) ? Object.entries(value) : [[name, value]];
    for (const [member, each] of members as [string, unknown][]) {
      if (BOOKKEEPING.has(member) || understands(member, each)) continue;
      losses.dropped(`${place}.${member}`);
    }
  }
}

/** Reports the members of an object that ask for something, as parts of a parameter. */
export function reportMembers(value: unknown, param: string, losses: Losses): void {
  if (!isObject(value)) return;
  for (const [name, each] of Object.entries(value)) {
    if (each !== false && each !== null && each !== undefined) losses.dropped(`${param}.${name}`);
  }
}
