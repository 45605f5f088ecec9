import { createDoor, type GatewayDoor } from "../gateway.ts";
import type { CommandLine } from "./cli_arguments.ts";
import { lazyMediaFetch } from "./lazy_media_fetch.ts";
import { nodeHash } from "./node_hash.ts";
import { openRedis } from "./open_redis.ts";
import { namedPriceTable } from "./price_table.ts";
import { detectRuntime } from "./runtime.ts";
import { configured } from "./startup.ts";

/** Does a command's work with the gateway that its configuration describes, which then serves nobody. */
export async function withDoor(
  line: Pick<CommandLine, "config" | "demo">,
  work: (door: GatewayDoor) => Promise<void>,
): Promise<void> {
  const { options } = configured(line, process.env);
  const { connectRedis } = await detectRuntime(process.env);
  const priceTable = await namedPriceTable(options);
  const closers: (() => void)[] = [];
  const door = createDoor(
    { hash: nodeHash, ...options },
    {
      loopback: true,
      openByDefault: true,
      mediaFetch: lazyMediaFetch,
      priceTable,
      // What is kept is where the server keeps it. The client is only loaded now, and nobody waits.
      openRedis(settings) {
        const store = openRedis({ ...settings, timeout: 10_000 }, { connect: connectRedis });
        closers.push(store.close);
        return store;
      },
    },
  );
  await work(door).finally(() => closers.forEach((close) => close()));
}
