import { follow, nobodyAsked, type Trip, type UncountedTrip, type Visit } from "./decide.ts";
import type { ModelNode } from "./graph.ts";

/**
 * The models that a request would be sent to if each of them failed, in order. Nothing is counted. Throws what the
 * caller would get where none would be asked.
 */
export async function modelsIfAllFail(request: UncountedTrip): Promise<ModelNode[]> {
  const trip: Trip = { ...request, count: (window, key) => window.used(key), warnings: [] };
  const visits: Visit[] = [];
  const models: ModelNode[] = [];
  let node = await follow(trip.graph.start.id, trip, visits);
  while (node !== undefined) {
    models.push(node);
    node = await follow(node.outputs.get("fallback"), trip, visits);
  }
  if (models.length === 0) throw nobodyAsked(trip, visits);
  return models;
}
