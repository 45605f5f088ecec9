import { createGateway } from "dragoman";
import { serve } from "dragoman/deno";
import { askAnywhere } from "./anywhere.ts";
import { ask, report } from "./ask.ts";

const served = await serve({ demo: true }, { port: 0 });
const { fetch: handler } = createGateway({ demo: true });
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);

report({
  ...await askAnywhere(),
  serve: await ask(fetch, served.url),
  inside: await ask(served.gateway.fetch, served.url),
  mounted: await ask(fetch, `http://127.0.0.1:${server.addr.port}`),
});
await server.shutdown();
await served.close();
