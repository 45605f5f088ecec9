import type { Warning } from "../chat/warning.ts";
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { beginningOf, type ByteSource, fromStream, NO_BYTES } from "../byte_source.ts";
import { Watchdog } from "../stream/watchdog.ts";
import type { CopyTaker } from "./answer_copy.ts";
import type { CallContext } from "./call_context.ts";
import type { Asker, Waiting } from "./exchange.ts";
import { brokenOff, tooSlow } from "./provider_error.ts";
import type { Target } from "./target.ts";

const MORE = "no more of its stream";

/**
 * The life of one call: its deadlines, its end, and what a failed read really means. Whatever ends it
 * early (a deadline, a caller who leaves, an error) cancels the request and the body alike, since an
 * egress may honour only one of them.
 */
export class RunningCall<Caller extends Waiting = Asker> {
  readonly asker: Caller;
  readonly target: Target;
  /** What writing the request lost. */
  readonly warnings: Warning[];
  readonly context: CallContext;
  /** Gets a copy of the answer, if it is one to keep. */
  readonly copy: CopyTaker | undefined;
  readonly #controller = new AbortController();
  readonly #deadline: Watchdog;
  readonly #stopTotal: (() => void) | undefined;
  #body: ByteSource | undefined;
  /** As `signal.aborted`, which costs a call into the runtime: it is asked for every chunk. */
  #aborted = false;
  /** What the deadline is for. */
  #expected = { ms: 0, what: "", option: "" };

  constructor(
    asker: Caller,
    target: Target,
    warnings: Warning[],
    context: CallContext,
    copy?: CopyTaker,
  ) {
    this.asker = asker;
    this.target = target;
    this.warnings = warnings;
    this.context = context;
    this.copy = copy;
    this.#deadline = new Watchdog(context.clock);
    asker.departure.callsOff(() => this.abort(new GatewayError(2117, "The caller went away")));
    const { total } = context.timeouts;
    if (asker.stream && total > 0) {
      const late = () => this.#late("no end", total, "timeouts.total");
      this.#stopTotal = context.clock.after(total, late);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first deadline: headers of a stream, or the whole of a whole answer. */
  expectHeaders(): void {
    const { timeouts, headersWithin } = this.context;
    const limit = this.asker.stream ? timeouts.firstByte : timeouts.whole;
    if (headersWithin > 0 && (limit === 0 || headersWithin < limit)) {
      return this.#expect(headersWithin, "no response", "cf-aig-request-timeout");
    }
    if (this.asker.stream) this.#expectOwn(limit, "no first byte", "timeouts.firstByte");
    else this.#expectOwn(limit, "no whole answer", "timeouts.whole");
  }

  /** Headers are here: `cf-aig-request-timeout` is satisfied, the other deadline goes on. */
  expectBody(): void {
    const { whole, firstToken, idle } = this.context.timeouts;
    if (!this.asker.stream) return this.#expectOwn(whole, "no whole answer", "timeouts.whole");
    if (firstToken > 0) return this.#expectOwn(firstToken, "no content", "timeouts.firstToken");
    this.#expect(idle, "no content", "timeouts.idle");
  }

  /** A sign of life, which breaks the silence but buys no time for the first token. */
  heardNoContent(): void {
    const { firstToken, idle } = this.context.timeouts;
    if (firstToken === 0) this.#expect(idle, "no content", "timeouts.idle");
  }

  /** Content is flowing: only silence counts from now on. */
  expectMore(): void {
    const { idle } = this.context.timeouts;
    if (this.#expected.what === MORE) return this.#deadline.arm(idle, this.#overdue);
    this.#expect(idle, MORE, "timeouts.idle");
  }

  /** Nobody waits for the provider: the caller is still reading what came. */
  expectNothing(): void {
    this.#deadline.disarm();
  }

  /** The whole body as text; rejects with what ended it before. */
  text(response: FetchedResponse): Promise<string> {
    return response.text().catch(this.#broken);
  }

  /** The body's first `length` characters, or what arrived of it before the connection broke. */
  beginning(response: FetchedResponse, length: number): Promise<string> {
    return beginningOf({ next: () => this.read(response) }, length, (error) => {
      if (this.#aborted) throw error;
    });
  }

  /** The next bytes of the body, `undefined` at its end; rejects with what ended it before. */
  read(response: FetchedResponse): Promise<Uint8Array | undefined> {
    this.#body ??= sourceOf(response);
    return this.#body.next().then(this.#checked, this.#broken);
  }

  /** Cancelling the body resolves a pending read as if the stream had ended. */
  readonly #checked = (bytes: Uint8Array | undefined): Uint8Array | undefined => {
    if (this.#aborted) return this.#broken(undefined);
    return bytes;
  };

  readonly #broken = (error: unknown): never => {
    throw brokenOff(this.target, this.explain(error));
  };

  /** Ends the call early; every pending read fails. */
  abort(reason?: unknown): void {
    this.finish();
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller.abort(reason);
    this.#body?.cancel();
  }

  /** The call is over: no timer is left behind. */
  finish(): void {
    this.#deadline.stop();
    this.#stopTotal?.();
  }

  /** The reason of the abort, where there was one; else the error itself. */
  explain(error: unknown): unknown {
    return this.#aborted ? this.signal.reason : error;
  }

  /** A limit that a step of a plan may have set in place of the option. */
  #expectOwn(ms: number, what: string, option: string): void {
    this.#expect(ms, what, this.context.timeoutOption ?? option);
  }

  #expect(ms: number, what: string, option: string): void {
    this.#expected = { ms, what, option };
    this.#deadline.arm(ms, this.#overdue);
  }

  readonly #overdue = (): void => {
    const { ms, what, option } = this.#expected;
    this.#late(what, ms, option);
  };

  #late(what: string, ms: number, option: string): void {
    this.abort(tooSlow(this.target, what, ms, option));
  }
}

/** An answer's bytes, however its egress has them. */
export function sourceOf(response: FetchedResponse): ByteSource {
  return response.source?.() ?? (response.body === null ? NO_BYTES : fromStream(response.body));
}
