/** Workers AI through a Worker's own `AI` binding, which needs neither account nor key. */
import { type FetchLike, textBody } from "../fetch_like.ts";
import type { GatewayOptions } from "../options/mod.ts";
import type { Provider } from "../providers/provider.ts";
import { workersAi, workersAiEmbeddings, workersAiOverRun } from "../providers/workers_ai.ts";

/** The part of the binding used here, https://developers.cloudflare.com/workers-ai/configuration/bindings/. */
export interface AiBinding {
  run(model: string, inputs: object, options: AiOptions): Promise<Response>;
}

/** `returnRawResponse` keeps status and headers, which the binding otherwise turns into errors and values. */
interface AiOptions {
  returnRawResponse: true;
  signal: AbortSignal;
  extraHeaders?: Record<string, string>;
}

/**
 * The options with Workers AI reached through `env.AI`, where there is one and the options say nothing else about
 * how to reach it.
 */
export function withAiBinding(options: GatewayOptions, env: unknown): GatewayOptions {
  const { AI } = (env ?? {}) as { AI?: AiBinding };
  const own = options.providers?.[workersAi.slug] ?? {};
  const { apiKey, keys, baseUrl, accountId, definition } = own;
  const said = apiKey ?? keys ?? baseUrl ?? accountId ?? definition;
  if (typeof AI?.run !== "function" || said !== undefined) return options;
  const bound = { ...own, definition: overBinding(AI) };
  return { ...options, providers: { ...options.providers, [workersAi.slug]: bound } };
}

const BASE = "ai-binding:";
const RUN = `${BASE}/run/`;

function overBinding(ai: AiBinding): Provider {
  const { slug, auth, forwardHeaders = [] } = workersAi;
  const bound = { slug, forwardHeaders, auth: { ...auth, required: false } };
  const codecs = { codec: workersAiOverRun, embeddings: workersAiEmbeddings };
  return { ...bound, ...codecs, baseUrl: BASE, fetch: fetchOver(ai) };
}

/** Runs what is meant for `/run/{model}` at the REST address through the binding. */
export function fetchOver(ai: AiBinding): FetchLike {
  return async (url, init) => {
    const { headers, signal } = init;
    const model = decodeURIComponent(url.slice(RUN.length));
    const session = headers["x-session-affinity"];
    const running = ai.run(model, JSON.parse(textBody(init) || "{}"), {
      returnRawResponse: true,
      signal,
      ...(session !== undefined && { extraHeaders: { "x-session-affinity": session } }),
    });
    return await unlessAborted(running, signal);
  };
}

/** Bindings of before 2026 don't know the signal: what they answer too late is cancelled. */
async function unlessAborted(running: Promise<Response>, signal: AbortSignal): Promise<Response> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([running, aborted]);
  } catch (error) {
    running.then(({ body }) => body?.cancel()).catch(() => {}); // nobody waits for it any more
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
