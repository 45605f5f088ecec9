/** Randomness is handed in, so that tests can repeat an answer byte for byte. */
import type { Clock } from "./clock.ts";
import { HEX } from "./hex.ts";

/** Gives `size` random bytes. */
export type Random = (size: number) => Uint8Array;

/** How much is drawn at a time: a draw costs 5–10 µs on Node, whatever its size. */
const POOL = 4096;

/**
 * The runtime's own cryptographic randomness, drawn in advance; no byte is given twice. What is given is a view: memory
 * of its own would cost Deno 1 µs.
 */
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
    return pool.subarray(at - size, at);
  };
}

/** From 0 up to, but not including, 1. */
export function fraction(random: Random): number {
  const { buffer, byteOffset } = random(4);
  return new DataView(buffer, byteOffset).getUint32(0) / 2 ** 32;
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

/** A UUID of version 7 (RFC 9562 §5.7), lower case: sortable by the time it was made. */
export function uuidV7(clock: Clock, random: Random): string {
  const time = clock.now().toString(16).padStart(12, "0");
  const bytes = random(10);
  const hex = (at: number) => HEX[bytes[at]!]!;
  const third = HEX[(bytes[0]! & 0x0f) | 0x70]! + hex(1);
  const fourth = HEX[(bytes[2]! & 0x3f) | 0x80]! + hex(3);
  const fifth = hex(4) + hex(5) + hex(6) + hex(7) + hex(8) + hex(9);
  return `${time.slice(0, 8)}-${time.slice(8)}-${third}-${fourth}-${fifth}`;
}
