/** Workers AI through a Worker's own `AI` binding, which needs neither account nor key. */
import type { FetchLike } from "../fetch_like.ts";
import type { GatewayOptions } from "../options/mod.ts";
import type { Provider } from "../providers/provider.ts";
import { workersAi } from "../providers/workers_ai.ts";
import { StepStream } from "../stream/step_stream.ts";
import { openaiAnswer, openaiError, OpenaiEvents } from "./ai_answer.ts";

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

function overBinding(ai: AiBinding): Provider {
  const { slug, auth, codec, forwardHeaders = [] } = workersAi;
  const bound = { slug, codec, forwardHeaders, auth: { ...auth, required: false } };
  return { ...bound, baseUrl: "ai-binding:", fetch: fetchOver(ai) };
}

/** Runs a chat that is meant for the REST address through the binding. */
export function fetchOver(ai: AiBinding): FetchLike {
  return async (_url, { body = "{}", headers, signal }) => {
    const { model, stream_options: _, ...inputs } = JSON.parse(body);
    const session = headers["x-session-affinity"];
    const running = ai.run(model, nativeInputs(inputs), {
      returnRawResponse: true,
      signal,
      ...(session !== undefined && { extraHeaders: { "x-session-affinity": session } }),
    });
    return await answerOf(await unlessAborted(running, signal));
  };
}

/** The binding takes a schema bare, where the REST address takes it in OpenAI's envelope. */
function nativeInputs(inputs: Record<string, unknown>): object {
  const format = inputs.response_format as { json_schema?: { schema?: unknown } } | undefined;
  const schema = format?.json_schema?.schema;
  if (schema === undefined) return inputs;
  return { ...inputs, response_format: { ...format, json_schema: schema } };
}

async function answerOf(answer: Response): Promise<Response> {
  const { status, body } = answer;
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  if (!answer.ok) return new Response(openaiError(await answer.text()), { status, headers });
  if (body === null || !headers.get("content-type")?.includes("event-stream")) {
    return new Response(openaiAnswer(await answer.text()), { status, headers });
  }
  const events = body.pipeThrough(new TextDecoderStream())
    .pipeThrough(new StepStream(new OpenaiEvents()))
    .pipeThrough(new TextEncoderStream());
  return new Response(events, { status, headers });
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
