/** Counts of every native protocol. */
import { assertEquals } from "@std/assert";
import { NATIVES } from "../../support/natives/mod.ts";
import { ASK, collect, onEachDoor } from "../doors.ts";
import { coast, gatewayOf } from "./scene.ts";

for (const native of NATIVES) {
  const options = gatewayOf([native]);
  onEachDoor(
    `${native.name}: counts asked for come once, last, with what the cache gave`,
    async ({ client }) => {
      coast.visit(native);
      const asking = { model: native.model, messages: ASK };
      const chunks = await collect(
        await client.chat.completions.create({
          ...asking,
          stream: true,
          stream_options: { include_usage: true },
        }),
      );
      const counted = chunks.flatMap(({ usage }) => usage ?? []);
      const { usage } = await client.chat.completions.create(asking);
      assertEquals(counted, [usage!]);
      assertEquals(chunks.at(-1)?.choices, []);
      const { prompt_tokens: prompt, completion_tokens: completion, total_tokens } = usage!;
      assertEquals(total_tokens, prompt + completion);
      const cached = usage!.prompt_tokens_details?.cached_tokens ?? 0;
      assertEquals([cached > 0, cached < prompt], [true, true]);
    },
    () => options,
  );
}
