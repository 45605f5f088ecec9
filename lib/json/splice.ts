import type { JsonText } from "./scan_object.ts";

/** Replaces `text.slice(start, end)`; an insertion has `start === end`. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Applies edits that do not overlap, in any order. The original text is left alone. */
export function splice(text: string, edits: readonly Edit[]): string {
  let out = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

/** Sets a top-level member: in place when it is there, else as the first one. `json` is JSON text. */
export function setMember(object: JsonText, key: string, json: string): Edit {
  const member = object.members.get(key);
  if (member !== undefined) return { start: member.start, end: member.end, text: json };
  const at = object.text.indexOf("{") + 1;
  const comma = object.members.size > 0 ? "," : "";
  return { start: at, end: at, text: `${JSON.stringify(key)}:${json}${comma}` };
}

/** Gives a top-level member another key. */
export function renameMember(object: JsonText, from: string, to: string): Edit[] {
  const member = object.members.get(from);
  if (member === undefined) return [];
  return [{ start: member.keyStart, end: member.keyEnd, text: JSON.stringify(to) }];
}

/** Takes top-level members out, with the commas that belonged to them. */
export function removeMembers(object: JsonText, keys: ReadonlySet<string>): Edit[] {
  const edits: Edit[] = [];
  let lastKept: number | undefined;
  let run: Edit | undefined;
  for (const [key, member] of object.members) {
    if (keys.has(key)) {
      run ??= { start: member.keyStart, end: member.end, text: "" };
      run.end = member.end;
      continue;
    }
    // A run goes up to the next member that stays, and so takes its last comma along.
    if (run !== undefined) edits.push({ ...run, end: member.keyStart });
    run = undefined;
    lastKept = member.end;
  }
  // A run at the end has no comma after it but one before.
  if (run !== undefined) edits.push({ ...run, start: lastKept ?? run.start });
  return edits;
}
