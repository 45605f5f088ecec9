import { GatewayError } from "../errors.ts";
import type { RouteGraph } from "./graph/graph.ts";
import { parseModelName, shown } from "./model_name.ts";
import type { PlannedModel } from "./planned_model.ts";
import type { GatewaySettings, Route, Settings } from "./settings.ts";
import { modelsInOrder } from "./weighted.ts";

/** Who will be asked, in order. */
export interface Plan {
  steps: readonly PlannedModel[];
  /** All steps are at one provider, so a key that came with the request can only be meant for it. */
  oneProvider: boolean;
  /** It decides on the way which of the steps are asked, and in which order. */
  graph?: RouteGraph;
}

/**
 * Turns the `model` of a request into a plan: a configured route under any name first (`dynamic/` before
 * it may be written), then `provider/model`.
 */
export function planFor(model: string, gateway: GatewaySettings, settings: Settings): Plan {
  const route = findRoute(model, gateway);
  if (route?.graph !== undefined) return planOf(route.graph.models, route.graph);
  const names = route === undefined ? [model] : [...modelsInOrder(route.models, settings.random)];
  return planOf(names.map((name) => parseModelName(name, settings)));
}

function planOf(steps: readonly PlannedModel[], graph?: RouteGraph): Plan {
  const oneProvider = steps.every(({ provider }) => provider === steps[0]?.provider);
  return { steps, oneProvider, graph };
}

const DYNAMIC = "dynamic/";

/** The route that a model's name means, if any; throws 2005 for a `dynamic/` one that is not there. */
export function findRoute(model: string, { id, routes }: GatewaySettings): Route | undefined {
  const dynamic = model.startsWith(DYNAMIC);
  const name = dynamic ? model.slice(DYNAMIC.length) : model;
  const route = routes.get(model) ?? routes.get(name);
  if (route !== undefined || !dynamic) return route;
  const known = [...routes.keys()].join(", ") || "none";
  throw new GatewayError(
    2005,
    `Gateway "${id}" has no route "${shown(name)}" (configured routes: ${known})`,
    { status: 404, retryable: false, param: "model" },
  );
}
