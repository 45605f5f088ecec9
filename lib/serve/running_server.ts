/** Where and how a door serves. */
export interface ServeOptions {
  /** 0 takes any free port. */
  port: number;
  hostname: string;
  /** Milliseconds that running answers get when the server closes. */
  drainTimeout: number;
}

/** A server that accepts requests. */
export interface RunningServer {
  /** Where it listens; the port is the real one where 0 was asked for. */
  readonly address: { readonly hostname: string; readonly port: number };
  /** Stops accepting, waits for running answers, and resolves when all is over. Safe to call twice. */
  close(): Promise<void>;
}
