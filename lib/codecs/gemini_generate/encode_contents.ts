/**
 * A conversation → turns of user and model. Google wants all results of a turn's calls in the user's next
 * one, as many as there were calls, in their order.
 * https://ai.google.dev/gemini-api/docs/function-calling
 */
import type { Message, ToolCallPart, ToolCallResponsePart } from "../../chat/request.ts";
import { encodeModelParts, encodePart, encodeResult, type Writing } from "./encode_parts.ts";
import type { WireContent, WirePart } from "./wire.ts";

/** The members of a request that hold the conversation. */
export interface Contents {
  contents: WireContent[];
  systemInstruction?: WireContent;
}

/** Writes a conversation. */
export function encodeContents(messages: readonly Message[], writing: Writing): Contents {
  const system = messages.filter(isSystem)
    .flatMap(({ parts }) => parts.flatMap((part) => encodePart(part, writing)));
  const named = messages.some(({ name, role }) => name !== undefined && role !== "tool");
  if (named) writing.losses.dropped("messages.name");
  const turns = new Turns(writing);
  for (const message of messages) if (!isSystem(message)) turns.add(message);
  const contents = turns.end();
  if (system.length === 0) return { contents };
  if (writing.profile.system !== false) return { contents, systemInstruction: { parts: system } };
  writing.losses.emulated("messages.role");
  return { contents: before(contents, system) };
}

function isSystem({ role }: Message): boolean {
  return role === "system" || role === "developer";
}

function before(contents: WireContent[], parts: WirePart[]): WireContent[] {
  const [first, ...rest] = contents;
  return first?.role === "user"
    ? [{ role: "user", parts: [...parts, ...first.parts] }, ...rest]
    : [{ role: "user", parts }, ...contents];
}

/** Collects turns, joining what one side says in several messages. */
class Turns {
  readonly #writing: Writing;
  readonly #contents: WireContent[] = [];
  /** Calls of the last model's turn that no results have been written for. */
  #calls: ToolCallPart[] = [];
  #results: ToolCallResponsePart[] = [];

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  add(message: Message): void {
    if (message.role === "assistant") return this.#addAnswer(message);
    this.#results.push(...message.parts.filter((part) => part.type === "tool_call_response"));
    const said = message.parts.flatMap((part) => encodePart(part, this.#writing));
    if (said.length === 0) return;
    this.#flush();
    this.#push("user", said);
  }

  end(): WireContent[] {
    if (this.#results.length > 0) this.#flush();
    if (this.#contents.length === 0) this.#push("user", [{ text: " " }]);
    const [first] = this.#contents;
    // A call must follow something the user said.
    if (first?.role === "model") this.#contents.unshift({ role: "user", parts: [{ text: " " }] });
    return this.#contents;
  }

  #addAnswer(message: Message): void {
    if (this.#results.length > 0) this.#flush();
    const parts = encodeModelParts(message, this.#writing);
    if (parts.length === 0) return;
    this.#push("model", parts);
    this.#calls.push(...message.parts.filter((part) => part.type === "tool_call"));
  }

  #push(role: "user" | "model", parts: WirePart[]): void {
    const last = this.#contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else this.#contents.push({ role, parts: [...parts] });
  }

  /** Writes one result for every open call, by id and then by order, since some clients make their own ids. */
  #flush(): void {
    const calls = this.#calls;
    const left = [...this.#results];
    this.#calls = [];
    this.#results = [];
    const byId = calls.map((call) => take(left, ({ id }) => id === call.id));
    const known = new Set(calls.map(({ id }) => id));
    const paired = byId.map((result) => result ?? take(left, ({ id }) => !known.has(id)));
    const written = calls.map((call, at) =>
      encodeResult(paired[at] ?? this.#missing(call), call.name, this.#writing)
    );
    const orphans = left.map((part) => this.#orphan(part));
    const parts = [
      ...written.map(({ result }) => result),
      ...written.flatMap(({ media }) => media),
      ...orphans,
    ];
    if (parts.length > 0) this.#push("user", parts);
  }

  #missing({ id }: ToolCallPart): ToolCallResponsePart {
    this.#writing.losses.emulated("messages");
    const response = [{ type: "text" as const, content: "There is no result" }];
    return { type: "tool_call_response", id, response, isError: true };
  }

  /** A result that answers no call of the turn before would be refused: it is told. */
  #orphan(part: ToolCallResponsePart): WirePart {
    this.#writing.losses.emulated("messages");
    const text = part.response.map((each) => each.type === "text" ? each.content : "").join("\n");
    return { text: `Result of a tool: ${text}` };
  }
}

function take<T>(list: T[], fits: (item: T) => boolean): T | undefined {
  const at = list.findIndex(fits);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}
