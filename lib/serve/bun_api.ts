/**
 * The part of Bun's API that its door uses: JSR and Deno check these files without Bun's own types. A test holds
 * this against `bun-types`.
 */
export interface BunApi {
  serve(options: BunServeOptions): BunServer;
  sleep(ms: number): Promise<void>;
  SHA256: { hash(text: string, encoding: "hex"): string };
  RedisClient: new (url: string, options: BunRedisOptions) => BunRedis;
}

/** How a client connects. */
export interface BunRedisOptions {
  autoReconnect: boolean;
  /** Milliseconds. */
  connectionTimeout: number;
}

/** A client of Redis. */
export interface BunRedis {
  onclose: ((error: Error) => void) | null;
  send(command: string, args: string[]): Promise<unknown>;
  close(): void;
}

/** What a server is started with. */
export interface BunServeOptions {
  port: number;
  hostname: string;
  development: false;
  reusePort: boolean;
  /** Seconds of silence before a connection is closed; 0: never. */
  idleTimeout: number;
  /** Bytes. */
  maxRequestBodySize: number;
  fetch(request: Request, server: BunServer): Promise<Response>;
  error(error: Error): Response;
}

/** A server that runs. */
export interface BunServer {
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  requestIP(request: Request): { address: string } | null;
  /** Stops accepting; resolves when connections are over, which `true` sees to. */
  stop(closeConnections: boolean): Promise<void>;
}
