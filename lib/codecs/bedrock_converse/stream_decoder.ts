/** ConverseStream → neutral events. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
import type { AnswerDefaults } from "../../chat/codec.ts";
import type { ChatEvent } from "../../chat/event.ts";
import { isObject, type Json, objectOf, parseJson, restOf, textOf } from "../../json/fields.ts";
import { awsEventStreamDecoder, type AwsMessage } from "../../stream/aws_event_stream.ts";
import { compose, type Step } from "../../stream/step.ts";
import { BlockDecoder } from "./block_decoder.ts";
import { makeFault, messageOf } from "./fault.ts";
import { extend } from "./profile.ts";
import { STOP_REASONS } from "./stop_reason.ts";
import { decodeUsage } from "./usage.ts";

/** Bytes in, events out. An exception amid the stream becomes one `error` event, after which nothing comes. */
export function streamDecoder(
  defaults: AnswerDefaults,
  signatures: string,
): Step<Uint8Array, ChatEvent> {
  return compose(awsEventStreamDecoder(), new MessageDecoder(defaults, signatures));
}

/** `p` pads frames to hide how long tokens are. */
const METADATA: ReadonlySet<string> = new Set(["usage", "p"]);

const utf8 = new TextDecoder();

class MessageDecoder implements Step<AwsMessage, ChatEvent> {
  readonly #defaults: AnswerDefaults;
  readonly #blocks: BlockDecoder;
  #started = false;
  #stopped = false;
  #failed = false;
  #out: ChatEvent[] = [];

  constructor(defaults: AnswerDefaults, signatures: string) {
    this.#defaults = defaults;
    this.#blocks = new BlockDecoder({ id: defaults.id, signatures });
  }

  push({ headers, payload }: AwsMessage): ChatEvent[] {
    if (this.#failed) return [];
    this.#out = [];
    const body = objectOf(parseJson(utf8.decode(payload)));
    const kind = headers.get(":message-type") ?? "event";
    if (kind === "event") this.#read(headers.get(":event-type"), body);
    else this.#fail(headers, body);
    return this.#out;
  }

  end(): ChatEvent[] {
    return [];
  }

  #read(type: string | undefined, body: Json): void {
    switch (type) {
      case "messageStart":
        return this.#start();
      case "contentBlockStart":
        this.#start();
        return this.#blocks.start(body.contentBlockIndex, objectOf(body.start), this.#out);
      case "contentBlockDelta":
        this.#start();
        return this.#blocks.add(body.contentBlockIndex, objectOf(body.delta), this.#out);
      case "contentBlockStop":
        return this.#blocks.stop(body.contentBlockIndex, this.#out);
      case "messageStop":
        return this.#stop(body);
      case "metadata":
        return this.#readMetadata(body);
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const { id, model, created } = this.#defaults;
    this.#out.push({ type: "start", id, model, created });
  }

  #stop(body: Json): void {
    if (this.#stopped) return;
    this.#start();
    this.#stopped = true;
    this.#blocks.end(this.#out);
    const fields = body.additionalModelResponseFields;
    if (fields !== undefined && fields !== null) {
      this.#tell({ additionalModelResponseFields: fields });
    }
    const finish = STOP_REASONS.decode(textOf(body.stopReason), this.#blocks.called);
    this.#out.push({ type: "finish", choice: 0, ...finish });
  }

  /** Counts come after the end, or before it. */
  #readMetadata(body: Json): void {
    this.#start();
    this.#tell(restOf(body, METADATA));
    const usage = isObject(body.usage) ? decodeUsage(body.usage) : undefined;
    if (usage !== undefined) this.#out.push({ type: "usage", usage });
  }

  #tell(news: Json): void {
    const { extensions } = extend(news);
    if (extensions !== undefined) this.#out.push({ type: "answer", extensions });
  }

  #fail(headers: AwsMessage["headers"], body: Json): void {
    this.#failed = true;
    const code = headers.get(":exception-type") ?? headers.get(":error-code");
    const message = messageOf(body) ?? headers.get(":error-message");
    this.#out.push({ type: "error", fault: makeFault(undefined, code, message) });
  }
}
