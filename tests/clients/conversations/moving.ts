/**
 * The conversation moved from any provider to any other, after its first turn and after its second: in the
 * midst of a question, when the newcomer finds calls that it never made.
 */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import OpenAI from "openai";
import { createGateway } from "../../support/gateway.ts";
import { type Native, NATIVES, type Stay } from "../../support/natives/mod.ts";
import { converse, heardBy, heardFrom, thoughtsToldTo, type Way } from "./conversation.ts";
import { coast, gatewayOf } from "./scene.ts";
import { gathered, helped, whole } from "./ways.ts";

const WAYS: Record<string, Way> = { whole, "put together by the helper": helped, gathered };

/** Imitations of one provider need a gateway each. */
function clientsOf(from: Native, to: Native): [OpenAI, OpenAI] {
  const together = from.slug !== to.slug;
  const connect = (natives: readonly Native[]) => {
    const { fetch } = createGateway(gatewayOf(natives));
    return new OpenAI({
      apiKey: "dragoman",
      baseURL: "http://gateway.invalid/v1",
      fetch,
      maxRetries: 0,
    });
  };
  if (!together) return [connect([from]), connect([to])];
  const client = connect([from, to]);
  return [client, client];
}

/** `turns` answers by one, the rest by the other. */
async function move(from: Native, to: Native, turns: number, way: Way): Promise<Stay> {
  const [before, after] = clientsOf(from, to);
  const [first, second] = [coast.visit(from), coast.visit(to)];
  const stays = Array.from({ length: 4 }, (_, at) => at < turns ? first : second);
  const moved: Way = (_, asking) => way(asking.model === from.model ? before : after, asking);
  await converse(before, stays, moved);
  assertEquals(heardBy(second), heardFrom(from));
  return second;
}

for (const from of NATIVES) {
  for (const to of NATIVES) {
    if (from === to) continue;
    test(`a conversation moves from ${from.name} to ${to.name}`, async () => {
      for (const [how, way] of Object.entries(WAYS)) {
        for (const turns of [1, 2]) {
          const stay = await move(from, to, turns, way).catch((error: Error) => {
            throw new Error(`after turn ${turns}, ${how}: ${error.message}`, { cause: error });
          });
          // Claude's signatures are the same on every platform, and so are Gemini's.
          const kept = from.signs !== undefined && from.signs === to.signs;
          if (kept) {
            assertEquals(thoughtsToldTo(stay, 0).length > 0, true, `after turn ${turns}, ${how}`);
          }
        }
      }
    });
  }
}
