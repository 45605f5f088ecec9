/** One request as a scripted provider got it. */
export interface ScriptedRequest {
  /** Which one it is, from 1. */
  readonly number: number;
  /** The address it was sent to. */
  readonly url: string;
  /** In capitals. */
  readonly method: string;
  /** With the key that came along. */
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** The body as an object; empty when it is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Aborts when whoever asked gives up. */
  readonly signal: AbortSignal;
  /** Whoever asked gave up before the answer was complete. */
  readonly cancelled: boolean;
}

/** A request while its turn is played. */
export interface Visit {
  request: ScriptedRequest;
  /** All has been said: what comes later calls nothing off. */
  answered(): void;
  /** Whoever asked does not want the rest. */
  leave(): void;
}

export function openVisit(
  number: number,
  { url, method, headers }: Request,
  text: string,
  signal: AbortSignal,
): Visit {
  let answered = false;
  let left = false;
  const body = parsed(text);
  return {
    request: {
      number,
      url,
      method,
      headers,
      text,
      body,
      signal,
      get cancelled() {
        return left || (!answered && signal.aborted);
      },
    },
    answered() {
      answered = true;
    },
    leave() {
      left = !answered;
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}
