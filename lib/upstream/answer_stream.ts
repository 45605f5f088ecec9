/**
 * The caller's stream: one source that asks the provider's only when it is asked itself, so back-pressure
 * reaches the provider, and an error there can still become an event here (`pipeThrough` can't do that).
 */
import type { CallerCodec } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { ByteSource } from "../byte_source.ts";
import { encodeComment } from "../stream/sse.ts";
import { utf8Bytes } from "../stream/utf8.ts";
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
  /** Called once, when the stream is over: with the error that ended it, if one did, and what was opened. */
  onEnd(error?: GatewayError, opened?: OpenedStream): void;
}

const KEEP_ALIVE = utf8Bytes(encodeComment("keep-alive"));

/** Streams an answer to the caller; an error after the headers becomes one error event of his dialect. */
export function answerStream(options: AnswerStreamOptions): ByteSource {
  return new AnswerSource(options);
}

class AnswerSource implements ByteSource {
  readonly #options: AnswerStreamOptions;
  readonly #silence: Watchdog;
  #opened: OpenedStream | undefined;
  #greeted = false;
  #over = false;
  /** The provider is being asked; a keep-alive may have answered the caller meanwhile. */
  #asking = false;
  /** What came while nobody waited. */
  #ready: { bytes: Uint8Array | undefined } | undefined;
  #waiting: ((bytes: Uint8Array | undefined) => void) | undefined;

  constructor(options: AnswerStreamOptions) {
    this.#options = options;
    this.#silence = new Watchdog(options.clock);
    if (!(options.opening instanceof Promise)) this.#opened = options.opening;
  }

  next(): Promise<Uint8Array | undefined> {
    const ready = this.#ready;
    if (ready !== undefined) {
      this.#ready = undefined;
      return Promise.resolve(ready.bytes);
    }
    if (this.#over) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#silence.arm(this.#options.keepAlive, this.#breakSilence);
      if (!this.#asking) this.#ask();
    });
  }

  /** The caller has left: the provider is called off at once. Whoever has read the end mark has missed nothing. */
  cancel(): void {
    if (this.#over) return;
    this.#options.departure.leave();
    const { ended = false } = this.#opened?.relay.progress ?? {};
    this.#end(ended ? undefined : new GatewayError(2117, "The caller went away"));
    this.#answer(undefined);
  }

  /** Gets the next bytes, whatever it takes; they, or the end, come by `#deliver`. */
  #ask(): void {
    this.#asking = true;
    if (this.#opened !== undefined) return this.#advance(this.#opened);
    if (this.#greeted) {
      Promise.resolve(this.#options.opening).then(this.#introduce, this.#fail);
      return;
    }
    // Headers are out, nobody has answered yet: shows life at once, then waits like any read.
    this.#greeted = true;
    this.#deliver(KEEP_ALIVE);
  }

  readonly #introduce = (opened: OpenedStream): void => {
    this.#opened = opened;
    const { provider, model } = opened.target;
    this.#deliver(utf8Bytes(encodeComment(`served by ${provider.definition.slug}/${model}`)));
  };

  /** Reads on until there is something to pass on, or nothing more to come. */
  #advance(opened: OpenedStream): void {
    const { call, relay, head, response } = opened;
    if (head.length > 0) return this.#deliver(head.shift());
    if (opened.ended || relay.progress.fault !== undefined) return this.#finish(opened);
    call.expectMore();
    call.read(response).then(this.#take, this.#lose);
  }

  /** One read of the provider's stream, `undefined` being its end. */
  readonly #take = (value: Uint8Array | undefined): void => {
    const opened = this.#opened!;
    try {
      opened.ended = value === undefined;
      this.#passOn(opened, value === undefined ? opened.relay.end() : opened.relay.push(value));
    } catch (error) {
      this.#fail(error);
    }
  };

  /** A connection that breaks after the answer was complete has broken nothing. */
  readonly #lose = (error: unknown): void => {
    const opened = this.#opened!;
    const last = opened.relay.end();
    if (!opened.relay.progress.finished || this.#options.departure.gone) return this.#fail(error);
    opened.ended = true;
    this.#passOn(opened, last);
  };

  #passOn(opened: OpenedStream, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return this.#advance(opened);
    opened.call.expectNothing();
    const { pending } = opened.relay;
    if (pending === undefined) this.#deliver(bytes);
    else pending.then(() => this.#deliver(bytes));
  }

  #finish({ call, relay: { progress }, target }: OpenedStream): void {
    if (progress.fault !== undefined) return this.#fail(refusedBy(target, progress.fault));
    if (!progress.finished) return this.#fail(brokenOff(target));
    call.finish();
    this.#end();
    this.#deliver(undefined);
  }

  #deliver(bytes: Uint8Array | undefined): void {
    this.#asking = false;
    this.#silence.disarm();
    if (this.#waiting === undefined) this.#ready = { bytes };
    else this.#answer(bytes);
  }

  /** A comment for every stretch of silence, as long as somebody waits for bytes. */
  readonly #breakSilence = (): void => this.#answer(KEEP_ALIVE);

  #answer(bytes: Uint8Array | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(bytes);
  }

  /** An error after the headers: told inside the stream. */
  readonly #fail = (error: unknown): void => {
    if (this.#options.departure.gone) return this.#deliver(undefined);
    const known = this.#opened === undefined ? error : withProvider(this.#opened.target, error);
    const failure = isGatewayError(known)
      ? known
      : new GatewayError(2115, "The gateway failed inside a stream", { cause: known });
    this.#opened?.call.abort(failure);
    this.#end(failure);
    this.#deliver(utf8Bytes(this.#options.caller.encodeStreamError(failure)));
  };

  #end(error?: GatewayError): void {
    this.#over = true;
    this.#silence.stop();
    this.#options.onEnd(error, this.#opened);
  }
}
