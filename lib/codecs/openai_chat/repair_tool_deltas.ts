/**
 * Streamed tool calls of one choice, in whatever way a provider numbers them, as OpenAI numbers them:
 * index 0, 1, 2…; the first delta of a call has id, type and name, later ones only arguments.
 */
import { isObject, type Json, parseJson, textOf } from "../../json/fields.ts";
import type { Edits } from "./edits.ts";
import { argumentsText } from "./repair_fields.ts";

interface OpenCall {
  index: number;
  /** The provider's own index and id, which may be missing or repeat. */
  nativeIndex?: number;
  nativeId?: string;
  id: string;
  name: string;
  kind: "function" | "custom";
  /** Everything received, for telling a finished call from one that goes on. */
  arguments: string;
  /** The first delta has gone out; until the name is known it can't. */
  announced: boolean;
  /** What the provider says about the call besides, kept until it is announced. */
  held: Json;
}

/** What one delta of a call says. */
interface CallDelta {
  id?: string;
  name?: string;
  nativeIndex?: number;
  arguments: string;
  kind: "function" | "custom";
}

/** Repairs the tool calls of one choice; `makeId` names those that come without an id. */
export class ToolDeltaRepair {
  readonly #calls: OpenCall[] = [];
  readonly #makeId: (position: number) => string;

  constructor(makeId: (position: number) => string) {
    this.#makeId = makeId;
  }

  get called(): boolean {
    return this.#calls.length > 0;
  }

  /** Repairs deltas in place and gives those that can go out now. */
  push(edits: Edits, entries: Json[]): Json[] {
    const out: Json[] = [];
    for (const entry of entries) {
      const delta = readDelta(entry);
      const call = this.#find(delta) ?? this.#open(delta);
      if (delta.name !== undefined && call.name === "") call.name = delta.name;
      if (this.#deliver(edits, entry, call, delta)) out.push(entry);
      else edits.changed = true;
    }
    return out;
  }

  /** Deltas still owed when the answer ends: calls that never got a name, `{}` for calls without arguments. */
  end(): Json[] {
    const owed: Json[] = [];
    for (const call of this.#calls) {
      const missing = call.kind === "function" && call.arguments === "" ? "{}" : "";
      if (!call.announced) owed.push(announcement(call, call.arguments + missing));
      else if (missing !== "") owed.push({ index: call.index, function: { arguments: missing } });
    }
    return owed;
  }

  #deliver(edits: Edits, entry: Json, call: OpenCall, delta: CallDelta): boolean {
    // `null` for arguments that are yet to come, or never will.
    const text = call.arguments === "" ? argumentsText(delta.arguments) : delta.arguments;
    call.arguments += text;
    if (call.announced) {
      rewriteContinuation(edits, entry, call, text);
      return true;
    }
    if (call.name === "") {
      call.held = { ...call.held, ...entry };
      return false;
    }
    call.announced = true;
    rewriteFirst(edits, entry, call);
    return true;
  }

  #open(delta: CallDelta): OpenCall {
    const index = this.#calls.length;
    const taken = delta.id !== undefined && this.#calls.some(({ id }) => id === delta.id);
    const call: OpenCall = {
      index,
      nativeIndex: delta.nativeIndex,
      nativeId: delta.id,
      id: delta.id === undefined || taken ? this.#makeId(index) : delta.id,
      name: delta.name ?? "",
      kind: delta.kind,
      arguments: "",
      announced: false,
      held: {},
    };
    this.#calls.push(call);
    return call;
  }

  /** The call a delta belongs to, `undefined` when it opens a new one. */
  #find(delta: CallDelta): OpenCall | undefined {
    const last = this.#calls.at(-1);
    if (delta.nativeIndex !== undefined) {
      const same = this.#calls.findLast((call) => call.nativeIndex === delta.nativeIndex);
      return same !== undefined && !startsAnew(same, delta) ? same : undefined;
    }
    if (delta.id !== undefined) {
      const same = this.#calls.findLast((call) => call.nativeId === delta.id);
      return same ?? (last?.announced === false && last.nativeId === undefined ? last : undefined);
    }
    return last !== undefined && !startsAnew(last, delta) ? last : undefined;
  }
}

/** Providers that give every call the same index, or none: another id, or a second whole call, is a new one. */
function startsAnew(call: OpenCall, delta: CallDelta): boolean {
  if (delta.id !== undefined && call.nativeId !== undefined) return delta.id !== call.nativeId;
  if (delta.name === undefined || call.name === "") return false;
  if (delta.name !== call.name && delta.id !== undefined) return true;
  const complete = parseJson(call.arguments) !== undefined;
  return delta.name !== call.name
    ? complete || delta.nativeIndex === undefined
    : complete && delta.arguments !== "";
}

function readDelta(entry: Json): CallDelta {
  const custom = isObject(entry.custom) && !isObject(entry.function);
  const called = isObject(entry.function)
    ? entry.function
    : isObject(entry.custom)
    ? entry.custom
    : entry;
  const given = custom ? called.input : called.arguments;
  return {
    id: textOf(entry.id),
    name: textOf(called.name),
    nativeIndex: Number.isInteger(entry.index) ? entry.index as number : undefined,
    arguments: typeof given === "string" ? given : argumentsText(given),
    kind: custom ? "custom" : "function",
  };
}

function announcement(call: OpenCall, args: string): Json {
  const called = call.kind === "custom"
    ? { custom: { name: call.name, input: args } }
    : { function: { name: call.name, arguments: args } };
  return { ...call.held, index: call.index, id: call.id, type: call.kind, ...called };
}

function rewriteFirst(edits: Edits, entry: Json, call: OpenCall): void {
  for (const [key, value] of Object.entries(call.held)) {
    if (!(key in entry)) edits.set(entry, key, value);
  }
  edits.set(entry, "index", call.index);
  edits.set(entry, "id", call.id);
  edits.set(entry, "type", call.kind);
  const called = calledOf(edits, entry, call);
  edits.set(called, "name", call.name);
  edits.set(called, call.kind === "custom" ? "input" : "arguments", call.arguments);
}

function rewriteContinuation(edits: Edits, entry: Json, call: OpenCall, args: string): void {
  edits.set(entry, "index", call.index);
  edits.drop(entry, "id");
  edits.drop(entry, "type");
  const called = calledOf(edits, entry, call);
  edits.drop(called, "name");
  edits.set(called, call.kind === "custom" ? "input" : "arguments", args);
}

/** The `function` or `custom` member; made where the provider wrote its members beside the id. */
function calledOf(edits: Edits, entry: Json, call: OpenCall): Json {
  const key = call.kind;
  if (!isObject(entry[key])) {
    edits.set(entry, key, {});
    edits.drop(entry, "name");
    edits.drop(entry, "arguments");
  }
  return entry[key] as Json;
}
