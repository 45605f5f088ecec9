/** How limits are written. */

/** Requests that a limit is for; what is left out leaves none out. */
export interface LimitMatchOption {
  /** A provider's slug. */
  provider?: string;
  /** Models, as `provider/model`, in which `*` stands for any text: `openai/gpt-5*`, `*mini*`. */
  model?: string;
  /**
   * What the request must say in `cf-aig-metadata`, or the host application for it. A caller may say what he likes
   * there, unless the host application does.
   */
  metadata?: Record<string, string | number | boolean>;
}

/** What all limits have. */
export interface SharedLimitOption {
  /**
   * Seconds of the window, 1 to 31,536,000. Default: 60; where money is counted 86,400, a day. `concurrency` has no
   * window.
   */
  per?: number;
  /**
   * By what requests are told apart, each of which is counted alone. Who leaves a metadata key out, or comes without an
   * access key, is counted with everybody else who does. Default: `gateway`, all of them together; of an access key's
   * own limits `key`.
   */
  by?: "gateway" | "key" | "provider" | "model" | `metadata.${string}`;
  /**
   * `fixed` windows follow the clock and begin at nothing, a `sliding` one still counts the last window's share of the
   * time it looks back on. Default: `fixed`.
   */
  technique?: "fixed" | "sliding";
  /** Which requests it holds for. Default: all. */
  match?: LimitMatchOption;
  /**
   * Whether requests go on uncounted, with a warning (`open`), or get 503 (`closed`) where the store fails or is too
   * slow. Default: `open`; where money is counted `closed`.
   */
  onStoreTrouble?: "open" | "closed";
  /**
   * Where money is counted: whether a model without a price is asked all the same, uncounted unless its provider, or
   * the caller, says what it cost. Default: `refuse`.
   */
  unknownPrice?: "refuse" | "allow";
}

/** How much of something may be used. Whoever would go beyond it is answered 429, with the code 2003. */
export interface LimitOption extends SharedLimitOption {
  /**
   * What is counted: `requests`; `tokens` that are read and written; `cost` in dollars, for which models need `prices`;
   * or requests at the same time, `concurrency`.
   */
  of: "requests" | "tokens" | "cost" | "concurrency";
  /** How many, above 0; of money also with decimals. */
  limit: number;
}

/** How much may be spent, in dollars. Whoever would go beyond it is answered 429, with the code 2041. */
export interface SpendLimitOption extends SharedLimitOption {
  /** What is counted. Default: `cost`. */
  of?: "cost";
  /** Dollars, above 0. */
  limit: number;
}
