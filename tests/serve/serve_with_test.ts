/** `serve` of the runtime at hand, and what it decides by the address it listens on. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import type { GatewayServer, ListenOptions } from "../../lib/serve/serve_with.ts";
import { scriptedProvider, text } from "../../lib/exports/testing.ts";
import { httpUpstream, runtime } from "./support.ts";

const skip = runtime === "workerd" ? "workerd has no servers" : false;

async function serve(options: GatewayOptions, where: ListenOptions): Promise<GatewayServer> {
  if (runtime === "bun") return (await import("../../lib/exports/bun.ts")).serve(options, where);
  if (runtime === "deno") return (await import("../../lib/exports/deno.ts")).serve(options, where);
  return await (await import("../../lib/exports/node.ts")).serve(options, where);
}

const models = async (server: GatewayServer) => {
  const answer = await fetch(`${server.url}/v1/models`);
  await answer.body?.cancel();
  return answer.status;
};

test("a served gateway is open on loopback and closed on other addresses", { skip }, async () => {
  const local = await serve({ demo: true }, { port: 0 });
  assert(/^http:\/\/127\.0\.0\.1:\d+$/.test(local.url), local.url);
  assertEquals(await models(local), 200);
  await local.close();
  const facing = await serve({ demo: true }, { port: 0, hostname: "0.0.0.0" });
  assert(facing.url.startsWith("http://localhost:"), facing.url);
  assertEquals(await models(facing), 401);
  await facing.close();
});

test(
  "the gateway behind a server can be asked without it, with the same seams",
  { skip },
  async () => {
    const provider = scriptedProvider([text("Scripted")]);
    const providers = { openai: { apiKey: "test" } };
    const server = await serve({ providers, fetch: provider.fetch }, { port: 0 });
    const answer = await server.gateway.fetch(`${server.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "openai/m", messages: [{ role: "user", content: "Hello" }] }),
    });
    assertEquals((await answer.json()).choices[0].message.content, "Scripted");
    await server.close();
  },
);

test("what is wrong is said before anything listens", { skip }, async () => {
  const wrong = { bodyLimt: 1 } as GatewayOptions;
  await assertRejects(() => serve(wrong, { port: 0 }), GatewayError, "bodyLimt");
  const own = { providers: { ollama: { baseUrl: "http://localhost:8791/v1" } } };
  await assertRejects(() => serve(own, { port: 8791 }), GatewayError, "own address");
  const busy = await httpUpstream(() => {});
  await assertRejects(() => serve({}, { port: busy.port }), Error);
  await busy.close();
});
