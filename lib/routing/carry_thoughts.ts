/** The thoughts that a target wants back with its calls, for callers whose clients forget them. */
import { type CarriedTurn, lacksThoughts } from "../chat/carried_turn.ts";
import type { Warning } from "../chat/warning.ts";
import { isGatewayError } from "../errors.ts";
import type { Carrier, CarrierScope } from "../policy/carrier.ts";
import { dialectOf } from "../upstream/dialect.ts";
import type { Exchange } from "../upstream/exchange.ts";
import type { Target } from "../upstream/target.ts";

/** Who asks, and what remembers for him. */
export interface CarryContext {
  /** The gateway's id. */
  gateway: string;
  /** The caller's name, where he has one. */
  caller?: string;
  carrier: Carrier;
  /** Lets work go on beside and after the answer; it may fail. */
  background(work: Promise<void>): void;
}

/** What is done for one target besides asking it. */
export interface Carrying {
  /** The exchange as the target is to see it. */
  exchange: Exchange;
  warnings: readonly Warning[];
  /** Told of the answer, when it calls tools. */
  onTurn: (turn: CarriedTurn) => void;
}

/** `undefined`, without a promise, where the target wants no thoughts back or no tools are about. */
export function carryThoughts(
  exchange: Exchange,
  target: Target,
  context: CarryContext,
): Promise<Carrying> | undefined {
  const { codec, relay } = dialectOf(exchange.asker, target);
  const family = (relay ?? codec).wantsThoughts?.(target.model);
  if (family === undefined) return undefined;
  const { messages, tools } = exchange.request();
  const lacking = messages.some(lacksThoughts);
  if (!lacking && (tools === undefined || tools.length === 0)) return undefined;
  return carry(exchange, { tenant: tenantOf(target, context), family }, lacking, context);
}

async function carry(
  exchange: Exchange,
  scope: CarrierScope,
  lacking: boolean,
  { carrier, background }: CarryContext,
): Promise<Carrying> {
  const request = exchange.request();
  const { messages } = request;
  const onTurn = (turn: CarriedTurn) => background(carrier.keep(scope, messages, turn));
  if (!lacking) return { exchange, warnings: [], onTurn };
  try {
    const restored = await carrier.restore(scope, messages);
    if (restored === messages) return { exchange, warnings: [], onTurn };
    const whole = { ...request, messages: [...restored] };
    return {
      exchange: { ...exchange, request: () => whole, completed: true },
      warnings: [],
      onTurn,
    };
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return { exchange, warnings: [LOST], onTurn };
  }
}

const LOST: Warning = {
  kind: "dropped",
  param: "messages.reasoning_details",
  reason: "the store in which they were kept does not answer",
};

/** A caller's name, or else the key that pays: strangers who share neither share no thoughts. */
function tenantOf({ key }: Target, { gateway, caller, carrier }: CarryContext): string {
  return caller === undefined ? `${gateway}:${carrier.digest(key ?? "")}` : `${gateway}/${caller}`;
}
