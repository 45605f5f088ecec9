/** Limits in milliseconds; 0 switches one off. */
export interface Timeouts {
  /** From sending a request to the first byte of a streamed answer. */
  firstByte: number;
  /** From sending a request to the first content of a streamed answer. */
  firstToken: number;
  /** Silence inside a stream. */
  idle: number;
  /** A streamed answer as a whole. */
  total: number;
  /** A whole answer; most say nothing until they are done. */
  whole: number;
  /** After this long without content a stream's headers are sent, so that the caller doesn't think it dead. */
  commit: number;
  /** Silence after which a stream gets a keep-alive comment. */
  keepAlive: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  firstByte: 120_000,
  firstToken: 0,
  idle: 300_000,
  total: 0,
  whole: 600_000,
  commit: 10_000,
  keepAlive: 15_000,
};
