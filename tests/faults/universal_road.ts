/** The fault matrix's way through the universal endpoint. */
import { post, questionFor } from "./cells.ts";
import type { Road } from "./matrix.ts";

/** One step, and two, of the Unified API; tries are the gateway's. */
export const UNIVERSAL: Road = {
  name: "universal",
  single: (model) => ({ model, routes: {} }),
  helped: (model, next) => ({ model, next, routes: {} }),
  ask: (way, { model, next }, stream) => {
    const models = next === undefined ? [model] : [model, next];
    const entries = models.map((model) => ({
      provider: "compat",
      endpoint: "chat/completions",
      headers: {},
      query: questionFor(model, stream),
    }));
    return post(way, "/v1/account/default", entries);
  },
};
