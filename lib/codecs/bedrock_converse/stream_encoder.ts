/** Neutral events → ConverseStream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
import type {
  AnswerEvent,
  ChatEvent,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
  StartEvent,
} from "../../chat/event.ts";
import { type EventTexts, writeEvents } from "../../chat/event_writer.ts";
import type { Part } from "../../chat/request.ts";
import type { Usage } from "../../chat/response.ts";
import { encodeToolName } from "../../chat/tool_name.ts";
import { isObject, type Json } from "../../json/fields.ts";
import type { Step } from "../../stream/step.ts";
import { encodeStreamError } from "./encode_error.ts";
import { answerCitation } from "./encode_response.ts";
import { encodeFrame } from "./frame.ts";
import { formatOf } from "./media_formats.ts";
import { extensionOf } from "./profile.ts";
import { STOP_REASONS } from "./stop_reason.ts";
import { encodeUsage } from "./usage.ts";

/** Frames, one character a byte. `end()` gives the counts; not after an error. */
export function streamEncoder(): Step<ChatEvent, string> {
  return writeEvents(new FrameEncoder());
}

/** A part between its start and its end. */
interface OpenPart {
  part: Part;
  /** Of its block. */
  index: number;
}

class FrameEncoder implements EventTexts {
  readonly #open = new Map<number, OpenPart>();
  #blocks = 0;
  /** The block of the last text, which its citations still belong to. */
  #lingering: number | undefined;
  #answer: Json = {};

  readonly error = encodeStreamError;

  start(event: StartEvent): string[] {
    this.#answer = { ...extensionOf(event) };
    return [encodeFrame("event", "messageStart", { role: "assistant" })];
  }

  answer(event: AnswerEvent): string[] {
    Object.assign(this.#answer, extensionOf(event));
    return [];
  }

  end(usage: Usage | undefined): string[] {
    const { additionalModelResponseFields: _, ...rest } = this.#answer;
    const metadata = { usage: encodeUsage(usage), metrics: { latencyMs: 0 }, ...rest };
    return [encodeFrame("event", "metadata", metadata)];
  }

  finish({ reason, native }: FinishEvent): string[] {
    const fields = this.#answer.additionalModelResponseFields;
    const body = {
      stopReason: STOP_REASONS.encode(reason, native),
      ...(fields !== undefined && { additionalModelResponseFields: fields }),
    };
    return [...this.#settle(), encodeFrame("event", "messageStop", body)];
  }

  partStart({ index: at, part }: PartStartEvent): string[] {
    if (part.type === "citation") return this.#cite(part);
    const settled = this.#settle();
    const index = this.#blocks;
    const begun = begin(part, index);
    if (begun === undefined) return settled;
    this.#blocks++;
    this.#open.set(at, { part: { ...part }, index });
    return [...settled, ...begun];
  }

  partDelta({ index: at, delta, signature }: PartDeltaEvent): string[] {
    const open = this.#open.get(at);
    if (open === undefined) return [];
    const { part, index } = open;
    const frames = delta === "" ? [] : said(part, delta, index);
    if (part.type === "blob") part.content += delta;
    if (signature === undefined) return frames;
    return [...frames, deltaFrame(index, { reasoningContent: { signature } })];
  }

  partEnd({ index: at }: PartEndEvent): string[] {
    const open = this.#open.get(at);
    if (open === undefined) return [];
    this.#open.delete(at);
    const { part, index } = open;
    if (part.type === "text") {
      const settled = this.#settle();
      this.#lingering = index;
      return settled;
    }
    const image = part.type === "blob"
      ? [deltaFrame(index, { image: { source: { bytes: part.content } } })]
      : [];
    return [...image, stopFrame(index)];
  }

  #cite(part: Extract<Part, { type: "citation" }>): string[] {
    this.#lingering ??= this.#blocks++;
    return [deltaFrame(this.#lingering, { citation: answerCitation(part) })];
  }

  #settle(): string[] {
    if (this.#lingering === undefined) return [];
    const frames = [stopFrame(this.#lingering)];
    this.#lingering = undefined;
    return frames;
  }
}

function startFrame(contentBlockIndex: number, start: Json): string {
  return encodeFrame("event", "contentBlockStart", { contentBlockIndex, start });
}

function deltaFrame(contentBlockIndex: number, delta: Json): string {
  return encodeFrame("event", "contentBlockDelta", { contentBlockIndex, delta });
}

function stopFrame(contentBlockIndex: number): string {
  return encodeFrame("event", "contentBlockStop", { contentBlockIndex });
}

/** The frames that open a part's block; `undefined` for a part that has none. */
function begin(part: Part, index: number): string[] | undefined {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.content === "" ? [] : said(part, part.content, index);
    case "reasoning":
      return beginThought(part, index);
    case "tool_call": {
      const { id: toolUseId, arguments: input } = part;
      const start = startFrame(index, {
        toolUse: { toolUseId, name: encodeToolName(part.name, 64) },
      });
      return input === "" ? [start] : [start, ...said(part, input, index)];
    }
    case "blob": {
      const format = part.modality === "image" ? formatOf("image", part.mimeType) : undefined;
      return format === undefined ? undefined : [startFrame(index, { image: { format } })];
    }
    case "opaque":
      return beginOpaque(extensionOf(part).block, index);
    default:
      return undefined;
  }
}

function beginThought(part: Extract<Part, { type: "reasoning" }>, index: number): string[] {
  const { content: text, signature, redacted } = part;
  if (redacted === true) {
    return [deltaFrame(index, { reasoningContent: { redactedContent: signature } })];
  }
  return [
    ...(text === "" ? [] : said(part, text, index)),
    ...(signature === undefined ? [] : [deltaFrame(index, { reasoningContent: { signature } })]),
  ];
}

/** Tools that Amazon runs itself can be streamed, other blocks can't. */
function beginOpaque(block: unknown, index: number): string[] | undefined {
  const { toolUse, toolResult } = isObject(block) ? block : {};
  if (isObject(toolUse)) {
    const { input, ...start } = toolUse;
    const delta = { toolUse: { input: JSON.stringify(input ?? {}) } };
    return [startFrame(index, { toolUse: start }), deltaFrame(index, delta)];
  }
  if (!isObject(toolResult)) return undefined;
  const { content, ...start } = toolResult;
  return [startFrame(index, { toolResult: start }), deltaFrame(index, { toolResult: content })];
}

function said(part: Part, delta: string, index: number): string[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [deltaFrame(index, { text: delta })];
    case "reasoning":
      return [deltaFrame(index, { reasoningContent: { text: delta } })];
    case "tool_call":
      return [deltaFrame(index, { toolUse: { input: delta } })];
    default:
      return [];
  }
}
