/**
 * The caller's stream: one pull `ReadableStream` over the provider's reader, so that a source that errors
 * can still become an error event (`pipeThrough` can't do that), and back-pressure reaches the provider.
 */
import type { CallerCodec } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import { encodeComment } from "../stream/sse.ts";
import { Watchdog } from "../stream/watchdog.ts";
import type { OpenedStream } from "./answer.ts";
import type { Departure } from "./departure.ts";
import { brokenOff, refusedBy, withProvider } from "./provider_error.ts";

export interface AnswerStreamOptions {
  /** A promise when the headers had to be sent before anybody showed content. */
  opening: OpenedStream | Promise<OpenedStream>;
  caller: CallerCodec;
  clock: Clock;
  /** Milliseconds of silence before a keep-alive comment; 0: none. */
  keepAlive: number;
  departure: Departure;
  /** Called once, when the stream is over: with the error that ended it, if one did. */
  onEnd(error?: GatewayError): void;
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

const utf8 = new TextEncoder();
const KEEP_ALIVE = utf8.encode(encodeComment("keep-alive"));

/** Streams an answer to the caller; an error after the headers becomes one error event of his dialect. */
export function answerStream(options: AnswerStreamOptions): ReadableStream<Uint8Array> {
  const source = new AnswerSource(options);
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => source.pull(controller),
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
}

class AnswerSource {
  readonly #options: AnswerStreamOptions;
  readonly #silence: Watchdog;
  #opened: OpenedStream | undefined;
  #greeted = false;

  constructor(options: AnswerStreamOptions) {
    this.#options = options;
    this.#silence = new Watchdog(options.clock);
    if (!(options.opening instanceof Promise)) this.#opened = options.opening;
  }

  async pull(controller: Controller): Promise<void> {
    this.#expectSilence(controller);
    try {
      if (this.#opened === undefined) return await this.#open(controller);
      await this.#advance(this.#opened, controller);
    } catch (error) {
      this.#fail(error, controller);
    } finally {
      this.#silence.disarm();
    }
  }

  /** The caller has left: the provider is called off at once, and reads nothing more into the void. */
  cancel(): void {
    this.#options.departure.leave();
    this.#end(new GatewayError(2117, "The caller went away"));
  }

  /** Headers are out, nobody has answered yet: shows life at once, then waits like any read. */
  async #open(controller: Controller): Promise<void> {
    if (!this.#greeted) {
      this.#greeted = true;
      controller.enqueue(KEEP_ALIVE);
      return;
    }
    const opened = await this.#options.opening;
    this.#opened = opened;
    const { provider, model } = opened.target;
    controller.enqueue(
      utf8.encode(encodeComment(`served by ${provider.definition.slug}/${model}`)),
    );
  }

  /** Passes on what the provider's next reads bring, until there is something to pass on. */
  async #advance(opened: OpenedStream, controller: Controller): Promise<void> {
    const { call, relay, head } = opened;
    let written = head.length > 0;
    for (const bytes of head.splice(0)) controller.enqueue(bytes);
    while (!written && !opened.ended && relay.progress.fault === undefined) {
      call.expectMore();
      const bytes = await this.#next(opened);
      if (bytes !== undefined) controller.enqueue(bytes);
      written = bytes !== undefined;
    }
    call.expectNothing();
    if (relay.progress.fault !== undefined) throw refusedBy(opened.target, relay.progress.fault);
    if (!opened.ended) return;
    if (!relay.progress.finished) throw brokenOff(opened.target);
    this.#close(opened, controller);
  }

  /** What the next read, or the end, of the provider's stream gives the caller. */
  async #next(opened: OpenedStream): Promise<Uint8Array | undefined> {
    const { call, response, relay } = opened;
    let value: Uint8Array | undefined;
    try {
      value = await call.read(response);
    } catch (error) {
      const last = relay.end();
      // A connection that breaks after the answer was complete has broken nothing.
      if (!relay.progress.finished || this.#options.departure.gone) throw error;
      opened.ended = true;
      return last;
    }
    opened.ended = value === undefined;
    return value === undefined ? relay.end() : relay.push(value);
  }

  /** A comment for every stretch of silence, as long as somebody waits for bytes. */
  #expectSilence(controller: Controller): void {
    this.#silence.arm(this.#options.keepAlive, () => {
      // A comment nobody has read yet is still waiting: a second one says no more.
      if ((controller.desiredSize ?? 0) >= 0) controller.enqueue(KEEP_ALIVE);
      this.#expectSilence(controller);
    });
  }

  #fail(error: unknown, controller: Controller): void {
    if (this.#options.departure.gone) return;
    const known = this.#opened === undefined ? error : withProvider(this.#opened.target, error);
    const failure = isGatewayError(known)
      ? known
      : new GatewayError(2115, "The gateway failed inside a stream", { cause: known });
    controller.enqueue(utf8.encode(this.#options.caller.encodeStreamError(failure)));
    controller.close();
    this.#opened?.call.abort(failure);
    this.#end(failure);
  }

  #close({ call }: OpenedStream, controller: Controller): void {
    controller.close();
    call.finish();
    this.#end();
  }

  #end(error?: GatewayError): void {
    this.#silence.stop();
    this.#options.onEnd(error);
  }
}
