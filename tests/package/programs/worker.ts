import { createWorker } from "dragoman/workers";
import { askAnywhere } from "./anywhere.ts";

interface Env {
  /** A variable of the Worker. */
  OPEN: string;
}

const worker = createWorker((env: Env) => ({
  demo: true,
  gateways: { default: { open: env.OPEN === "yes" } },
}));

export default {
  async fetch(request: Request, env: Env, context: { waitUntil(work: Promise<unknown>): void }) {
    if (new URL(request.url).pathname === "/anywhere") return Response.json(await askAnywhere());
    return await worker.fetch(request, env, context);
  },
};
