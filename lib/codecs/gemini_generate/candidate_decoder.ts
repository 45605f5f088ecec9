import type { ChatEvent } from "../../chat/event.ts";
import { makeCallId } from "../../chat/call_id.ts";
import { PartEvents } from "../../chat/part_events.ts";
import type { CitationPart, Part } from "../../chat/request.ts";
import { isObject, type Json, objectOf, objectsOf, restOf, textOf } from "../../json/fields.ts";
import { decodeCitations } from "./citations.ts";
import { choiceExtensions, extend, signedCall } from "./extension.ts";
import { decodeFinish } from "./finish_reason.ts";
import { PartialArguments } from "./json_path.ts";
import { decodeLogprobs } from "./logprobs.ts";
import { decodeMedia } from "./media_parts.ts";
import { PROTOCOL } from "./profile.ts";

/** Whose signatures these are, in the word that other gateways use too. */
export const FORMAT = "google-gemini-v1";

const CANDIDATE = new Set(["content", "index", "finishReason", "logprobsResult"]);
const TEXT = new Set(["text", "thought", "thoughtSignature"]);
const CALL = new Set(["functionCall", "thoughtSignature"]);
const FUNCTION = new Set(["id", "name", "args", "partialArgs", "willContinue"]);

/** The part that text is added to; a signature, or another kind of text, closes it. */
interface OpenText {
  kind: "text" | "reasoning";
  index: number;
}

/** A call whose arguments come in pieces. */
interface OpenCall {
  index: number;
  args: PartialArguments;
}

/**
 * Reads one candidate, however many events it comes in. Its finish waits for the end of the stream: old
 * models repeat `STOP` on every event, new ones say it in an event after the call.
 */
export class CandidateDecoder {
  readonly #choice: number;
  readonly #parts: PartEvents;
  readonly #answerId: string;
  readonly #ids = new Set<string>();
  readonly #texts: string[] = [];
  readonly #citations = new Map<string, CitationPart>();
  #open: OpenText | undefined;
  #call: OpenCall | undefined;
  #called = 0;
  #textSignature: string | undefined;
  #finish: string | undefined;
  #rest: Json = {};

  constructor(choice: number, answerId: string) {
    this.#choice = choice;
    this.#parts = new PartEvents(this.#choice);
    this.#answerId = answerId;
  }

  /** Adds the events of what one answer says of this candidate to `out`. */
  read(candidate: Json, out: ChatEvent[]): void {
    for (const part of objectsOf(objectOf(candidate.content).parts)) this.#read(part, out);
    this.#finish = textOf(candidate.finishReason) ?? this.#finish;
    if (isObject(candidate.logprobsResult)) this.#logprobs(candidate.logprobsResult, out);
    const rest = restOf(candidate, CANDIDATE);
    if (rest.groundingMetadata !== undefined || rest.citationMetadata !== undefined) {
      for (const each of decodeCitations(rest, this.#texts)) {
        this.#citations.set(`${each.start} ${each.end} ${each.uri}`, each);
      }
    }
    Object.assign(this.#rest, rest);
  }

  /** Closes what is open and ends the choice; `whole`: also where the provider never said that it ended. */
  end(out: ChatEvent[], whole: boolean): void {
    if (this.#finish === undefined && !whole) return;
    this.#closeText(out);
    this.#closeCall(out);
    for (const citation of this.#citations.values()) this.#parts.whole(citation, out);
    const extensions = choiceExtensions(this.#rest, undefined, this.#textSignature);
    if (extensions !== undefined) out.push({ type: "choice", choice: this.#choice, extensions });
    const finish = decodeFinish(this.#finish, this.#called > 0);
    out.push({ type: "finish", choice: this.#choice, ...finish });
  }

  #read(part: Json, out: ChatEvent[]): void {
    if (isObject(part.functionCall)) return this.#readCall(part, part.functionCall, out);
    if (typeof part.text === "string") return this.#readText(part, part.text, out);
    this.#closeText(out);
    this.#parts.whole(
      decodeMedia(part) ?? { type: "opaque", extensions: { [PROTOCOL]: { part } } },
      out,
    );
  }

  #readText(part: Json, content: string, out: ChatEvent[]): void {
    const kind = part.thought === true ? "reasoning" : "text";
    const signature = textOf(part.thoughtSignature);
    const rest = restOf(part, TEXT);
    const plain = Object.keys(rest).length === 0;
    if (content === "" && signature === undefined && plain) return;
    if (kind === "text") {
      this.#texts.push(content);
      this.#textSignature = signature ?? this.#textSignature;
    }
    const open = this.#open;
    if (open?.kind === kind && plain) this.#continue(open, content, signature, out);
    else {
      this.#closeText(out);
      const started = this.#parts.start(textPart(kind, content, signature, rest), out);
      this.#open = { kind, index: started };
      if (!plain) this.#closeText(out);
    }
    // What follows a signature is not what was signed.
    if (signature !== undefined) this.#closeText(out);
  }

  #continue(
    { kind, index }: OpenText,
    delta: string,
    signature: string | undefined,
    out: ChatEvent[],
  ) {
    const signed = signature === undefined
      ? {}
      : kind === "reasoning"
      ? { signature }
      : extend({ thoughtSignature: signature });
    out.push({ type: "part-delta", choice: this.#choice, index, delta, ...signed });
  }

  #readCall(part: Json, called: Json, out: ChatEvent[]): void {
    const name = textOf(called.name);
    // Without a name it goes on with the call before, or says nothing.
    if (name === undefined) return this.#continueCall(called, out);
    this.#closeText(out);
    this.#closeCall(out);
    const pieces = called.willContinue === true || Array.isArray(called.partialArgs);
    const signature = textOf(part.thoughtSignature);
    const rest = { ...restOf(part, CALL), ...restOf(called, FUNCTION) };
    const index = this.#parts.start({
      type: "tool_call",
      id: this.#callId(textOf(called.id)),
      name,
      arguments: pieces ? "" : JSON.stringify(called.args ?? {}),
      kind: "function",
      ...signedCall(signature, rest),
    }, out);
    if (!pieces) return this.#parts.end(index, out);
    this.#call = { index, args: new PartialArguments(called.args) };
    this.#call.args.add(called.partialArgs);
    if (called.willContinue !== true) this.#closeCall(out);
  }

  #continueCall(called: Json, out: ChatEvent[]): void {
    this.#call?.args.add(called.partialArgs);
    if (called.willContinue !== true) this.#closeCall(out);
  }

  /** Google's own where it gives one, and gives it once. */
  #callId(given: string | undefined): string {
    const position = this.#called++;
    const id = given !== undefined && !this.#ids.has(given)
      ? given
      : makeCallId(this.#answerId, this.#choice, position);
    this.#ids.add(id);
    return id;
  }

  #logprobs(result: Json, out: ChatEvent[]): void {
    const extensions = choiceExtensions(
      { logprobsResult: result },
      decodeLogprobs(result),
      undefined,
    );
    if (extensions !== undefined) out.push({ type: "choice", choice: this.#choice, extensions });
  }

  #closeText(out: ChatEvent[]): void {
    if (this.#open !== undefined) this.#parts.end(this.#open.index, out);
    this.#open = undefined;
  }

  #closeCall(out: ChatEvent[]): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#call = undefined;
    const delta = JSON.stringify(call.args.value);
    out.push({ type: "part-delta", choice: this.#choice, index: call.index, delta });
    this.#parts.end(call.index, out);
  }
}

/** A text or a thought with what rides on it. */
export function textPart(
  kind: "text" | "reasoning",
  content: string,
  signature: string | undefined,
  rest: Json,
): Part {
  if (kind === "text") {
    const signed = signature === undefined ? rest : { ...rest, thoughtSignature: signature };
    return { type: "text", content, ...extend(signed) };
  }
  return {
    type: "reasoning",
    content,
    ...(signature !== undefined && { signature }),
    format: FORMAT,
    ...extend(rest),
  };
}
