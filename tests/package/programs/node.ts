import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway } from "dragoman";
import { createNodeFetch, createNodeListener, nodeHash, serve } from "dragoman/node";
import { askAnywhere } from "./anywhere.ts";
import { ask, report } from "./ask.ts";

const served = await serve({ demo: true }, { port: 0 });
const gateway = createGateway({ demo: true, fetch: createNodeFetch(), hash: nodeHash });
const server = createServer(createNodeListener(gateway));
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;

report({
  ...await askAnywhere(),
  serve: await ask(fetch, served.url),
  inside: await ask(served.gateway.fetch, served.url),
  listener: await ask(fetch, `http://127.0.0.1:${port}`),
});
server.close();
server.closeAllConnections();
await served.close();
