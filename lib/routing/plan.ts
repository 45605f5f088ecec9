import { GatewayError } from "../errors.ts";
import { parseModelName, type ProviderModel, shown } from "./model_name.ts";
import type { GatewaySettings, Settings } from "./settings.ts";
import { modelsInOrder, type RouteStep } from "./weighted.ts";

/** Who will be asked, in order. */
export interface Plan {
  steps: ProviderModel[];
  /** All steps are at one provider, so a key that came with the request can only be meant for it. */
  oneProvider: boolean;
}

/**
 * Turns the `model` of a request into a plan: a configured route under any name first (`dynamic/` before
 * it may be written), then `provider/model`.
 */
export function planFor(model: string, gateway: GatewaySettings, settings: Settings): Plan {
  const route = routeSteps(model, gateway);
  const names = route === undefined ? [model] : [...modelsInOrder(route, settings.random)];
  const steps = names.map((name) => parseModelName(name, settings));
  const oneProvider = steps.every(({ provider }) => provider === steps[0]?.provider);
  return { steps, oneProvider };
}

const DYNAMIC = "dynamic/";

function routeSteps(
  model: string,
  { id, routes }: GatewaySettings,
): readonly RouteStep[] | undefined {
  const dynamic = model.startsWith(DYNAMIC);
  const name = dynamic ? model.slice(DYNAMIC.length) : model;
  const route = routes.get(model) ?? routes.get(name);
  if (route?.graph !== undefined) {
    throw new GatewayError(
      2105,
      `Route "${name}" is a graph, which this version does not walk yet`,
    );
  }
  if (route !== undefined) return route.models;
  if (!dynamic) return undefined;
  const known = [...routes.keys()].join(", ") || "none";
  throw new GatewayError(
    2005,
    `Gateway "${id}" has no route "${shown(name)}" (configured routes: ${known})`,
    { status: 404, retryable: false, param: "model" },
  );
}
