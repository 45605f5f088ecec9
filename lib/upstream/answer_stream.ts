/**
 * The caller's stream: one source that asks the provider's only when it is asked itself, so back-pressure
 * reaches the provider, and an error there can still become an event here (`pipeThrough` can't do that).
 */
import type { CallerCodec } from "../chat/codec.ts";
import type { Clock } from "../clock.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { ByteSource } from "../byte_source.ts";
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

const utf8 = new TextEncoder();
const KEEP_ALIVE = utf8.encode(encodeComment("keep-alive"));

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
      if (this.#asking) return;
      this.#asking = true;
      this.#produce().then(this.#deliver);
    });
  }

  /** The caller has left: the provider is called off at once. */
  cancel(): void {
    if (this.#over) return;
    this.#options.departure.leave();
    this.#end(new GatewayError(2117, "The caller went away"));
    this.#answer(undefined);
  }

  readonly #deliver = (bytes: Uint8Array | undefined): void => {
    this.#asking = false;
    this.#silence.disarm();
    if (this.#waiting === undefined) this.#ready = { bytes };
    else this.#answer(bytes);
  };

  /** A comment for every stretch of silence, as long as somebody waits for bytes. */
  readonly #breakSilence = (): void => this.#answer(KEEP_ALIVE);

  #answer(bytes: Uint8Array | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(bytes);
  }

  /** The next bytes, whatever it takes; never rejects, since errors are told inside the stream. */
  async #produce(): Promise<Uint8Array | undefined> {
    try {
      return await (this.#opened === undefined ? this.#open() : this.#advance(this.#opened));
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Headers are out, nobody has answered yet: shows life at once, then waits like any read. */
  async #open(): Promise<Uint8Array> {
    if (!this.#greeted) {
      this.#greeted = true;
      return KEEP_ALIVE;
    }
    const opened = await this.#options.opening;
    this.#opened = opened;
    const { provider, model } = opened.target;
    return utf8.encode(encodeComment(`served by ${provider.definition.slug}/${model}`));
  }

  /** Reads on until there is something to pass on, or nothing more to come. */
  async #advance(opened: OpenedStream): Promise<Uint8Array | undefined> {
    const { call, relay, head } = opened;
    if (head.length > 0) return head.shift();
    while (!opened.ended && relay.progress.fault === undefined) {
      call.expectMore();
      const bytes = await this.#read(opened);
      if (bytes === undefined) continue;
      call.expectNothing();
      return bytes;
    }
    if (relay.progress.fault !== undefined) throw refusedBy(opened.target, relay.progress.fault);
    if (!relay.progress.finished) throw brokenOff(opened.target);
    call.finish();
    this.#end();
    return undefined;
  }

  /** What the next read, or the end, of the provider's stream gives the caller. */
  async #read(opened: OpenedStream): Promise<Uint8Array | undefined> {
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

  #fail(error: unknown): Uint8Array | undefined {
    if (this.#options.departure.gone) return undefined;
    const known = this.#opened === undefined ? error : withProvider(this.#opened.target, error);
    const failure = isGatewayError(known)
      ? known
      : new GatewayError(2115, "The gateway failed inside a stream", { cause: known });
    this.#opened?.call.abort(failure);
    this.#end(failure);
    return utf8.encode(this.#options.caller.encodeStreamError(failure));
  }

  #end(error?: GatewayError): void {
    this.#over = true;
    this.#silence.stop();
    this.#options.onEnd(error);
  }
}
