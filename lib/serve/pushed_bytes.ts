import type { ByteSource } from "../byte_source.ts";

/** Where pushed bytes come from. */
export interface Pusher {
  /** Nobody takes them fast enough. */
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  cancel(): void;
}

/** Bytes that are held while nobody asks; beyond them the pusher is stopped. */
const MOST_HELD = 65_536;

/** Bytes that somebody else pushes, to be asked for: all that came since is given at once. */
export class PushedBytes implements ByteSource {
  readonly #pusher: Pusher;
  #held: Buffer[] = [];
  #size = 0;
  #paused = false;
  #ended = false;
  #failure: { error: unknown } | undefined;
  /** Somebody waits for the next bytes. */
  #wake: (() => void) | undefined;
  /** Somebody waits for all of them. */
  #whole = false;

  constructor(pusher: Pusher) {
    this.#pusher = pusher;
  }

  push(bytes: Buffer): void {
    if (this.over) return;
    this.#held.push(bytes);
    this.#size += bytes.length;
    if (this.#whole) return;
    if (this.#size >= MOST_HELD) {
      this.#paused = true;
      this.#pusher.pause();
    }
    this.#notify();
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  fail(error: unknown): void {
    if (!this.over) this.#failure = { error };
    this.#notify();
  }

  /** Nothing more will come. */
  get over(): boolean {
    return this.#ended || this.#failure !== undefined;
  }

  /** What broke it off. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#held.length > 0) return joined(this.#taken());
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ended) return undefined;
      await this.#pushed();
    }
  }

  /** All that is left; rejects when it breaks off. */
  async whole(): Promise<Buffer> {
    this.#whole = true;
    this.#resume();
    while (!this.over) await this.#pushed();
    if (this.#failure !== undefined) throw this.#failure.error;
    return joined(this.#taken());
  }

  cancel(): void {
    this.#ended = true;
    this.#held = [];
    this.#pusher.cancel();
    this.#notify();
  }

  #taken(): Buffer[] {
    const taken = this.#held;
    this.#held = [];
    this.#size = 0;
    this.#resume();
    return taken;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#pusher.resume();
  }

  #pushed(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

function joined(pieces: Buffer[]): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
