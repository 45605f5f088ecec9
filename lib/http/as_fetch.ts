/** A gateway in the place of `fetch`, for clients that take one: `new OpenAI({ fetch: gateway.fetch })`. */

/** Answers a request as the web knows it. */
type Handle = (request: Request) => Promise<Response>;

/** What `fetch` may be given in place of a request. */
export type Address = string | URL;

/** Tells an address; not `instanceof Request`, since servers hand in requests of their own make. */
export function isAddress(input: unknown): input is Address {
  return typeof input === "string" || input instanceof URL;
}

/**
 * `fetch(url, init)`, with what clients rely on: the promise, and a body being read, fail with the
 * signal's reason when it aborts. Everything else is an answer.
 */
export async function fetchThrough(
  handle: Handle,
  address: Address,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(address, init);
  const response = await handle(request);
  if (!request.signal.aborted) return endedBy(request.signal, response);
  await response.body?.cancel();
  throw request.signal.reason;
}

function endedBy(signal: AbortSignal, response: Response): Response {
  const reader = response.body?.getReader();
  if (reader === undefined) return response;
  let abort = () => {};
  const forget = () => signal.removeEventListener("abort", abort);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      abort = () => {
        controller.error(signal.reason);
        reader.cancel(signal.reason).catch(() => {}); // already failed: the same to us
      };
      signal.addEventListener("abort", abort, { once: true });
    },
    async pull(controller) {
      const { value, done } = await reader.read();
      if (signal.aborted) return;
      if (value !== undefined) controller.enqueue(value);
      if (!done) return;
      forget();
      controller.close();
    },
    cancel(reason) {
      forget();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(body, response);
}
