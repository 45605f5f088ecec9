/** The fault matrix's way through dynamic routes. */
import { end, model, start } from "../support/graphs.ts";
import type { Road } from "./matrix.ts";

/** A graph of one model, and one whose first model has a fallback; tries are the gateway's. */
export const GRAPH: Road = {
  name: "dynamic",
  single: (name) => ({
    model: "dynamic/one",
    routes: { one: { elements: [start("only"), model("only", name, "end"), end()] } },
  }),
  helped: (first, second) => ({
    model: "dynamic/both",
    routes: {
      both: {
        elements: [start("first"), model("first", first, "second"), model("second", second), end()],
      },
    },
  }),
};
