import type { CallerCodec } from "../chat/codec.ts";
import { type Clock, systemClock } from "../clock.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { play } from "./play.ts";
import type { Turn } from "./turn.ts";
import { failure } from "./turns.ts";
import { openVisit, type ScriptedRequest } from "./visit.ts";

/** What to do with a request: a turn, a function that chooses one, or a response of your own. */
export type ScriptStep = Turn | ((request: ScriptedRequest) => Turn | Response);

/** Options of {@linkcode scriptedProvider}. */
export interface ScriptedProviderOptions {
  /** The protocol the provider speaks. Default: OpenAI's chat completions. */
  codec?: CallerCodec;
  /** What happens when the script is over. Default: an error 500 that says so. */
  otherwise?: ScriptStep;
  /** What delays go by. Default: the machine's clock. */
  clock?: Clock;
}

/** What of `fetch`'s init counts here. */
export type ScriptedInit = Pick<RequestInit, "method" | "headers" | "body" | "signal">;

/** A provider that plays its script. */
export interface ScriptedProvider {
  /** Stands in for the runtime's `fetch`: in `createGateway({ fetch })`, in an SDK's options, or by itself. */
  readonly fetch: (input: string | URL | Request, init?: ScriptedInit) => Promise<Response>;
  /** All requests so far, oldest first. */
  readonly requests: readonly ScriptedRequest[];
  /** The latest request; throws when there was none. */
  readonly last: ScriptedRequest;
  /** Steps that have not been played. */
  readonly remaining: number;
  /** Adds to the script. */
  push(...steps: ScriptStep[]): void;
}

/**
 * A provider for tests: no network, and it does what the script says, request by request. It answers whole or
 * streamed as it is asked to, and remembers every request.
 *
 * @example
 * ```ts
 * import { createGateway } from "dragoman";
 * import { rateLimited, scriptedProvider, text, toolCall } from "dragoman/testing";
 *
 * const provider = scriptedProvider([
 *   rateLimited({ retryAfter: 0 }),
 *   toolCall("get_weather", { city: "Paris" }),
 *   text("It is sunny in Paris."),
 * ]);
 * const gateway = createGateway({
 *   providers: { openai: { apiKey: "test" } },
 *   gateways: { default: { retry: { attempts: 2, delay: 0 } } },
 *   fetch: provider.fetch,
 * });
 *
 * const ask = async (stream: boolean) => {
 *   const messages = [{ role: "user", content: "What is the weather like?" }];
 *   const body = JSON.stringify({ model: "openai/gpt-5-mini", stream, messages });
 *   return await (await gateway.fetch("http://test/v1/chat/completions", { method: "POST", body })).text();
 * };
 * // After one retry:
 * console.log((await ask(false)).includes("get_weather")); // true
 * console.log((await ask(true)).endsWith("data: [DONE]\n\n")); // true
 * console.log(provider.requests.length, provider.last.body.model); // 3 gpt-5-mini
 * ```
 */
export function scriptedProvider(
  script: readonly ScriptStep[] = [],
  options: ScriptedProviderOptions = {},
): ScriptedProvider {
  const { codec = openaiChat({ faithful: true }), otherwise, clock = systemClock } = options;
  const steps = [...script];
  const requests: ScriptedRequest[] = [];
  let count = 0;
  return {
    async fetch(input, init) {
      const number = ++count;
      const step = steps.shift() ?? otherwise ?? scriptIsOver(number);
      const request = new Request(input, init);
      // Read at once where that is possible, so that requests stay in order.
      const text = typeof init?.body === "string" ? init.body : await request.text();
      const visit = openVisit(number, request, text, init?.signal ?? request.signal);
      requests.push(visit.request);
      const turn = typeof step === "function" ? step(visit.request) : step;
      if (!(turn instanceof Response)) return await play(turn, { codec, clock, visit });
      visit.answered();
      return turn;
    },
    requests,
    get last() {
      const last = requests.at(-1);
      if (last === undefined) throw new Error("The scripted provider was not asked");
      return last;
    },
    get remaining() {
      return steps.length;
    },
    push: (...more) => void steps.push(...more),
  };
}

function scriptIsOver(number: number): Turn {
  return failure(500, { message: `The script is over: it has no step for request ${number}` });
}
