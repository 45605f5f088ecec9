/** The conversation with one provider, whose signatures must come back unchanged. */
import { assertEquals } from "@std/assert";
import { deepseek, NATIVES } from "../../support/natives/mod.ts";
import { DUMMY } from "../../support/natives/gemini.ts";
import { onEachDoor } from "../doors.ts";
import {
  converse,
  heardBy,
  heardFrom,
  thoughtsOf,
  thoughtsToldTo,
  type Way,
} from "./conversation.ts";
import { coast, gatewayOf } from "./scene.ts";
import { gathered, helped, whole } from "./ways.ts";

const WAYS: Record<string, Way> = { whole, "put together by the helper": helped, gathered };

for (const native of NATIVES) {
  for (const [how, way] of Object.entries(WAYS)) {
    const options = gatewayOf([native]);
    onEachDoor(`${native.name}: three turns of tools side by side, ${how}`, async ({ client }) => {
      const stay = coast.visit(native);
      await converse(client, [stay], way);
      assertEquals(heardBy(stay), heardFrom(native));
      assertEquals(stay.asked.some(({ body }) => JSON.stringify(body).includes(DUMMY)), false);
      // The third request still belongs to the first question: all thoughts since then come back. Of those that
      // nobody has signed, the helper keeps the last word; where they are wanted, the gateway knows the others.
      const torn = way === helped && native.signs !== "claude" && native !== deepseek;
      if (!torn) assertEquals(thoughtsToldTo(stay, 2), thoughtsOf(native));
    }, () => options);
  }
}
