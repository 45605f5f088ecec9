/** Randomness is handed in, so that tests can repeat an answer byte for byte. */
import type { Clock } from "./clock.ts";

/** Gives `size` random bytes. */
export type Random = (size: number) => Uint8Array;

/** How much is drawn at a time: a draw costs 5–10 µs on Node, whatever its size. */
const POOL = 4096;

/** The runtime's own cryptographic randomness, drawn in advance; no byte is given twice. */
export function pooledRandom(): Random {
  let pool = new Uint8Array(0);
  let at = 0;
  return (size) => {
    if (size > POOL) return crypto.getRandomValues(new Uint8Array(size));
    if (at + size > pool.length) {
      pool = crypto.getRandomValues(new Uint8Array(POOL));
      at = 0;
    }
    at += size;
    return pool.slice(at - size, at);
  };
}

/** From 0 up to, but not including, 1. */
export function fraction(random: Random): number {
  return new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32;
}

/** The place of one of them, the likelier the more weight it has; where none has any, the first. */
export function drawWeighted(items: readonly { weight: number }[], random: Random): number {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let rest = total > 0 ? fraction(random) * total : 0;
  for (const [at, { weight }] of items.entries()) {
    rest -= weight;
    if (rest < 0) return at;
  }
  return 0;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** A UUID of version 7 (RFC 9562 §5.7), lower case: sortable by the time it was made. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = new Uint8Array(16);
  bytes.set(random(10), 6);
  let time = clock.now();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[bytes[i]!];
  }
  return text;
}
