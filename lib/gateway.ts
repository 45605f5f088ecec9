/** Wires the rooms together, once per gateway. */
import type { FetchLike } from "./fetch_like.ts";
import { hexOf } from "./hex.ts";
import { fetchThrough, isAddress } from "./http/as_fetch.ts";
import { keyFinder } from "./http/authenticate.ts";
import { createBinding, type GatewayBinding } from "./http/binding.ts";
import { createExplainer, type Explainer } from "./http/explain.ts";
import { createHandler } from "./http/handler.ts";
import type { Context, Core } from "./http/http_call.ts";
import { type Incoming, type Reply, toResponse } from "./http/incoming.ts";
import { createStoreProbe } from "./http/store_probe.ts";
import { StoreTrouble } from "./http/store_trouble.ts";
import { checkOptions } from "./options/mod.ts";
import type { GatewayOptions, OpenRedis } from "./options/mod.ts";
import { AnswerCache } from "./policy/answer_cache.ts";
import { Meters } from "./policy/limits/meter.ts";
import { Carrier } from "./policy/carrier.ts";
import type { PriceBook } from "./policy/price_book.ts";
import type { Explanation } from "./routing/explain.ts";
import type { Settings } from "./routing/settings.ts";
import { ModelDirectory } from "./upstream/model_directory.ts";

/** One gateway: a web-standard handler that speaks every provider's dialect. */
export interface Gateway {
  /**
   * Answers a request; never rejects, and works detached. It also stands in for `fetch` itself, as in
   * `new OpenAI({ fetch: gateway.fetch })`: called with an address and an init it fails with the signal's
   * reason when that aborts, and with nothing else.
   */
  fetch(input: Request | string | URL, ...rest: unknown[]): Promise<Response>;
  /** The same with what a runtime or host application knows besides the request. */
  handle(request: Request, context?: Context): Promise<Response>;
  /**
   * The universal endpoint of one gateway without HTTP: what `ai-gateway-provider` takes as its `binding`. It needs no
   * access key, so hand it to nobody whom you would not give one.
   *
   * @example
   * ```ts
   * import { createGateway } from "dragoman";
   *
   * const gateway = createGateway({ demo: true });
   * const messages = [{ role: "user", content: "Hello" }];
   * const answer = await gateway.binding("default").run([
   *   { provider: "compat", endpoint: "chat/completions", query: { model: "openai/gpt-5-mini", messages } },
   *   { provider: "compat", endpoint: "chat/completions", query: { model: "demo/echo", messages } },
   * ]);
   * // Nobody gave a key for the first step, so the second one answered.
   * console.log(answer.status, answer.headers.get("cf-aig-step")); // 200 1
   * ```
   */
  binding(gatewayId: string): GatewayBinding;
  /** The same of the gateway `default`; works detached. */
  run: GatewayBinding["run"];
  /**
   * Tells where a request would go, and why, without calling or counting anything; what is left to chance may fall
   * otherwise the next time. Reads the request's body. Rejects with the {@linkcode GatewayError} that the request
   * would be answered with before any model is asked.
   *
   * @example
   * ```ts
   * import { createGateway } from "dragoman";
   *
   * const gateway = createGateway({
   *   demo: true,
   *   gateways: { default: { routes: { echo: ["openai/gpt-5-mini", "demo/echo"] } } },
   * });
   * const { steps } = await gateway.explain(
   *   new Request("http://gateway/v1/chat/completions", {
   *     method: "POST",
   *     body: JSON.stringify({ model: "echo", messages: [{ role: "user", content: "Hello" }] }),
   *   }),
   * );
   * console.log(steps.map(({ provider, key }) => `${provider}: ${key}`).join(", ")); // openai: missing, demo: not needed
   * ```
   */
  explain(request: Request, context?: Context): Promise<Explanation>;
}

/** How the gateway is reached; doors know, applications need not. */
export interface Door {
  /** On a loopback address only: foreign host names are refused while the gateway is open. */
  loopback: boolean;
  /** Whether a gateway serves everybody when nothing anywhere has an access key. */
  openByDefault: boolean;
  /** Opens a Redis by its address; absent where there is no client for one. */
  openRedis?: OpenRedis;
  /** The table of prices that can be named; absent where none comes along. */
  priceTable?: PriceBook | undefined;
  /** What media are fetched with, where the door has something that connects to public addresses only. */
  mediaFetch?: FetchLike | undefined;
}

/** A gateway with what a server needs: replies that are no `Response` yet, and a way to wind down. */
export interface GatewayDoor {
  gateway: Gateway;
  settings: Settings;
  /** Never rejects. */
  reply(incoming: Incoming, context?: Context): Promise<Reply>;
  /** From now on `/ready` answers 503; everything else goes on. */
  drain(): void;
  /** Requests and streams that have not ended. */
  readonly running: number;
}

/**
 * Makes a gateway. Reads no environment: everything is in the options, and whatever is wrong with them is
 * thrown at once with its path. Without access keys it is open, since the application decides who reaches it.
 *
 * @example
 * ```ts
 * import { createGateway } from "dragoman";
 *
 * const gateway = createGateway({
 *   demo: true,
 *   gateways: { default: { routes: { echo: ["openai/gpt-5-mini", "demo/echo"] } } },
 * });
 * const answer = await gateway.fetch("http://gateway/v1/chat/completions", {
 *   method: "POST",
 *   body: JSON.stringify({ model: "echo", messages: [{ role: "user", content: "Hello" }] }),
 * });
 * // Nobody gave a key for the first model of the route, so the second one answered.
 * console.log(answer.status, answer.headers.get("cf-aig-provider")); // 200 demo
 * ```
 */
export function createGateway(options: GatewayOptions = {}): Gateway {
  return createDoor(options, { loopback: false, openByDefault: true }).gateway;
}

/** Makes a gateway for a server of our own. */
export function createDoor(
  options: GatewayOptions,
  { loopback, ...door }: Door,
): GatewayDoor {
  const settings = checkOptions(options, door);
  const { fetch, clock } = settings;
  const via = `dragoman-${hexOf(settings.random(8))}`;
  const core: Core = {
    settings,
    carrier: new Carrier({ store: settings.thoughts, hash: settings.hash }),
    answers: new AnswerCache(settings),
    meters: new Meters(settings),
    trouble: new StoreTrouble(clock),
    findKeys: keyFinder(settings),
    probeStore: createStoreProbe(settings),
    models: new ModelDirectory({ fetch, clock, via: `1.1 ${via}` }),
    via,
    loopback,
    ownOnly: loopback || door.openByDefault,
    draining: false,
    running: 0,
  };
  const reply = createHandler(core);
  let explainer: Explainer | undefined;
  const handle = async (request: Request, context: Context = {}) =>
    toResponse(await reply(request, context));
  const trusted = (request: Request) => handle(request, { principal: { name: "binding" } });
  const binding = (gatewayId: string) => createBinding(trusted, settings.basePath, gatewayId);
  return {
    gateway: {
      fetch: (input, ...[init]) =>
        isAddress(input) ? fetchThrough(handle, input, init as RequestInit) : handle(input),
      handle,
      binding,
      run: (entries, init) => binding("default").run(entries, init),
      explain: (request, context = {}) => (explainer ??= createExplainer(core))(request, context),
    },
    settings,
    reply: (incoming, context = {}) => reply(incoming, context),
    drain: () => {
      core.draining = true;
    },
    get running() {
      return core.running;
    },
  };
}
