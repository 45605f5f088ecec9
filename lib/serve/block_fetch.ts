import { type ByteSource, NO_BYTES } from "../byte_source.ts";
import type { FetchedResponse, FetchLike } from "../fetch_like.ts";

/** Bytes asked for at a time; larger blocks cost more to make than they save. */
const BLOCK = 16_384;

/**
 * Deno's `fetch`, read by the block: a default reader gets each HTTP chunk by itself, and providers send each event
 * as one. Relaying a chunk costs 20 µs in place of 31. (In workerd it changes nothing: 27 µs go into each read.)
 */
export const blockFetch: FetchLike = async (url, init) => new BlockResponse(await fetch(url, init));

class BlockResponse implements FetchedResponse {
  readonly #response: Response;

  constructor(response: Response) {
    this.#response = response;
  }

  get status(): number {
    return this.#response.status;
  }

  get headers(): Headers {
    return this.#response.headers;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#response.body;
  }

  text(): Promise<string> {
    return this.#response.text();
  }

  source(): ByteSource {
    const { body } = this.#response;
    return body === null ? NO_BYTES : inBlocks(body);
  }
}

function inBlocks(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader({ mode: "byob" });
  return {
    async next() {
      const { value, done } = await reader.read(new Uint8Array(BLOCK));
      return done ? undefined : value;
    },
    cancel: () => void reader.cancel().catch(() => {}), // it may have failed already: the same to us
  };
}
