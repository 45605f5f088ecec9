/** Marsaglia's xorshift: whole numbers from 1 to 2³² − 1, the same ones for the same seed, which must not be 0. */
export function xorshift32(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
