import { createGateway } from "dragoman";
import { bunFetch, bunHash, serve } from "dragoman/bun";
import { askAnywhere } from "./anywhere.ts";
import { ask, report } from "./ask.ts";

const served = await serve({ demo: true }, { port: 0 });
const gateway = createGateway({ demo: true, fetch: bunFetch, hash: bunHash });
const server = Bun.serve({ port: 0, idleTimeout: 0, fetch: (request) => gateway.fetch(request) });

report({
  ...await askAnywhere(),
  serve: await ask(fetch, served.url),
  inside: await ask(served.gateway.fetch, served.url),
  mounted: await ask(fetch, server.url.origin),
});
await server.stop(true);
await served.close();
