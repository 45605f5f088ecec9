/** The thoughts that a target wants back with its calls, for callers whose clients forget them. */
import { type HeardPart, lacksThoughts } from "../chat/carried_turn.ts";
import type { ChatRequest, Message } from "../chat/request.ts";
import type { Warning } from "../chat/warning.ts";
import { isGatewayError } from "../errors.ts";
import { type Carrier, type CarrierScope, turnBefore } from "../policy/carrier.ts";
import { dialectOf } from "../upstream/dialect.ts";
import type { Exchange } from "../upstream/exchange.ts";
import type { Target } from "../upstream/target.ts";
import type { TurnListener } from "../upstream/tell_turns.ts";
import type { Background } from "./background.ts";
import { type TenantContext, tenantOf } from "./tenant.ts";

/** Who asks, and what remembers for him. */
export interface CarryContext extends TenantContext, Background {
  carrier: Carrier;
}

/** What is done for one target besides asking it. */
export interface Carrying {
  /** The exchange as the target is to see it. */
  exchange: Exchange;
  warnings: readonly Warning[];
  /** Told of the answer. */
  turns: TurnListener;
}

/** `undefined`, without a promise, where the target wants no thoughts back or no tools are about. */
export function carryThoughts(
  exchange: Exchange,
  target: Target,
  context: CarryContext,
): Promise<Carrying> | undefined {
  const { codec, relay } = dialectOf(exchange.asker, target);
  const thoughts = codec.wantsThoughts?.(target.model);
  if (thoughts === undefined) return undefined;
  if (relay !== undefined && relay.usesTools?.(exchange.body) !== true) return undefined;
  const request = relay === undefined ? exchange.request() : readable(exchange);
  if (request === undefined) return undefined;
  const { messages, tools } = request;
  const lacking = messages.some((message) => lacksThoughts(message, thoughts));
  if (!lacking && (tools === undefined || tools.length === 0)) return undefined;
  return carry(exchange, request, { tenant: tenantOf(context), thoughts }, lacking, context);
}

/** What could be relayed is for the provider to judge, also where it can't be read here. */
function readable(exchange: Exchange): ChatRequest | undefined {
  try {
    return exchange.request();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return undefined;
  }
}

async function carry(
  exchange: Exchange,
  request: ChatRequest,
  scope: CarrierScope,
  lacking: boolean,
  context: CarryContext,
): Promise<Carrying> {
  const { messages } = request;
  const turns = new KeptTurns(scope, turnBefore(messages), context);
  if (!lacking) return { exchange, warnings: [], turns };
  try {
    const restored = await context.carrier.restore(scope, messages);
    if (restored === messages) return { exchange, warnings: [], turns };
    const whole = { ...request, messages: [...restored] };
    const completed = { ...exchange, request: () => whole, completed: true };
    return { exchange: completed, warnings: [], turns };
  } catch (error) {
    // The conversation goes on without: the caller is told so, and the operator why.
    void context.background(() => Promise.reject(error));
    return { exchange, warnings: [LOST], turns };
  }
}

/** Has the turns of an answer remembered. Of the conversation it holds what they answer, and no more. */
class KeptTurns implements TurnListener {
  readonly #scope: CarrierScope;
  readonly #before: readonly Message[];
  readonly #context: CarryContext;
  #pending: Promise<void> | undefined;

  constructor(scope: CarrierScope, before: readonly Message[], context: CarryContext) {
    this.#scope = scope;
    this.#before = before;
    this.#context = context;
  }

  get pending(): Promise<void> | undefined {
    return this.#pending;
  }

  heard(parts: readonly HeardPart[]): void {
    const { carrier, background } = this.#context;
    const work = background(() => carrier.keep(this.#scope, this.#before, parts));
    if (work === undefined) return;
    const earlier = this.#pending;
    this.#pending = earlier === undefined ? work : earlier.then(() => work);
  }
}

const LOST: Warning = {
  kind: "dropped",
  param: "messages.reasoning_details",
  reason: "the store in which they were kept does not answer",
};
