/** Turns of user and model → messages. */
import { isMadeCallId, makeCallId } from "../../chat/call_id.ts";
import type { Message, Part, ToolCallPart, ToolCallResponsePart } from "../../chat/request.ts";
import { GatewayError } from "../../errors.ts";
import { isObject, type Json, objectOf, objectsOf, restOf, textOf } from "../../json/fields.ts";
import { textPart } from "./candidate_decoder.ts";
import { extend, signedCall } from "./extension.ts";
import { decodeMedia } from "./media_parts.ts";
import { PROTOCOL } from "./profile.ts";

const TEXT = new Set(["text", "thought", "thoughtSignature"]);
const CALL = new Set(["functionCall", "thoughtSignature"]);
const FUNCTION = new Set(["id", "name", "args"]);
const RESULT = new Set(["functionResponse"]);
const RESPONSE = new Set(["id", "name", "response", "parts"]);

/** Throws 2019 naming the turn that can't be read. */
export function decodeContents(contents: unknown): Message[] {
  const list = typeof contents === "string"
    ? [{ parts: [{ text: contents }] }]
    : [contents ?? []].flat();
  const reader = new ContentsReader();
  return list.flatMap((content, at) => reader.read(content, `contents[${at}]`));
}

/** The system's words; Google takes them as a turn without a role, or as plain text. */
export function decodeInstruction(instruction: unknown): Message[] {
  if (typeof instruction === "string") {
    return [{ role: "system", parts: [{ type: "text", content: instruction }] }];
  }
  const texts = objectsOf(objectOf(instruction).parts).filter(({ text }) =>
    typeof text === "string"
  );
  if (texts.length === 0) return [];
  return [{
    role: "system",
    parts: texts.map((part) => textPart("text", String(part.text), undefined, restOf(part, TEXT))),
  }];
}

/** Remembers calls, since results name the function and only sometimes the call. */
class ContentsReader {
  #open: ToolCallPart[] = [];
  #called = 0;

  read(content: unknown, param: string): Message[] {
    if (!isObject(content) || (content.parts !== undefined && !Array.isArray(content.parts))) {
      throw new GatewayError(2019, `Cannot read the request: ${param} must be a turn with parts`, {
        param,
      });
    }
    const parts = objectsOf(content.parts);
    if (content.role === "model") return this.#answer(parts);
    const results = parts.filter(({ functionResponse }) => isObject(functionResponse))
      .map((part) => this.#result(part, objectOf(part.functionResponse)));
    const said = parts.filter(({ functionResponse }) => !isObject(functionResponse)).map(
      decodePart,
    );
    this.#open = [];
    return [
      ...(results.length > 0 ? [{ role: "tool" as const, parts: results }] : []),
      ...(said.length > 0 ? [{ role: "user" as const, parts: said }] : []),
    ];
  }

  #answer(wires: Json[]): Message[] {
    const parts = wires.map((part) =>
      isObject(part.functionCall) ? this.#call(part, part.functionCall) : decodePart(part)
    );
    this.#open.push(...parts.filter((part) => part.type === "tool_call"));
    return [{ role: "assistant", parts }];
  }

  #call(part: Json, called: Json): ToolCallPart {
    return {
      type: "tool_call",
      id: textOf(called.id) ?? makeCallId("", 0, this.#called++),
      name: textOf(called.name) ?? "",
      arguments: JSON.stringify(called.args ?? {}),
      kind: "function",
      ...signedCall(textOf(part.thoughtSignature), {
        ...restOf(part, CALL),
        ...restOf(called, FUNCTION),
      }),
    };
  }

  #result(part: Json, result: Json): ToolCallResponsePart {
    const id = this.#answered(textOf(result.id), textOf(result.name) ?? "");
    const media = objectsOf(result.parts).flatMap((each) => decodeMedia(each) ?? []);
    const inner = restOf(result, RESPONSE);
    const { content, isError } = wordsOf(objectOf(result.response));
    return {
      type: "tool_call_response",
      id,
      response: [{ type: "text", content }, ...media],
      ...(isError && { isError }),
      ...extend({ ...restOf(part, RESULT), ...(Object.keys(inner).length > 0 && { inner }) }),
    };
  }

  /**
   * The call a result answers, which then waits for no other: the one with its id; else the first of that
   * name, before all one that had no id either; else the first.
   */
  #answered(id: string | undefined, name: string): string {
    const fitting = id === undefined
      ? [
        (call: ToolCallPart) => call.name === name && isMadeCallId(call.id),
        (call: ToolCallPart) => call.name === name,
        () => true,
      ]
      : [(call: ToolCallPart) => call.id === id];
    for (const fits of fitting) {
      const at = this.#open.findIndex(fits);
      const [call] = at < 0 ? [] : this.#open.splice(at, 1);
      if (call !== undefined) return call.id;
    }
    return id ?? makeCallId("", 0, this.#called++);
  }
}

/** Google's own wrapping of plain text is taken off; any other object is shown as JSON. */
function wordsOf(response: Json): { content: string; isError: boolean } {
  const [[key, value] = ["", undefined], ...more] = Object.entries(response);
  const plain = more.length === 0 && typeof value === "string" && !/^\s*\{/.test(value) &&
    value !== "";
  if (plain && (key === "result" || key === "error")) {
    return { content: value, isError: key === "error" };
  }
  return { content: JSON.stringify(response), isError: false };
}

function decodePart(part: Json): Part {
  if (typeof part.text === "string") {
    const kind = part.thought === true ? "reasoning" : "text";
    return textPart(kind, part.text, textOf(part.thoughtSignature), restOf(part, TEXT));
  }
  return decodeMedia(part) ?? { type: "opaque", extensions: { [PROTOCOL]: { part } } };
}
