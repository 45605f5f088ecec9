/** Groups of targets that share the load: each request puts them in an order of its own. */
import { drawWeighted, type Random } from "../random.ts";

/** A model, or targets that share the load. */
export type RouteStep = string | WeightedGroup;

/** The more weight, the likelier a target is the first; all others stand by, in the order in which they were drawn. */
export interface WeightedGroup {
  targets: readonly WeightedTarget[];
}

/** One of a group. */
export interface WeightedTarget {
  /** Relative to the others'; 0 is drawn only once nothing else is left. */
  weight: number;
  /** More than one where it names a route. */
  steps: readonly RouteStep[];
}

/** The models in the order in which this one request tries them, each once. */
export function modelsInOrder(steps: readonly RouteStep[], random: Random): Iterable<string> {
  const models = new Set<string>();
  // A group that several routes share has brought its models already.
  const seen = new Set<WeightedGroup>();
  const visit = (step: RouteStep) => {
    if (typeof step === "string") return void models.add(step);
    if (seen.has(step)) return;
    seen.add(step);
    for (const { steps } of drawn(step.targets, random)) steps.forEach(visit);
  };
  steps.forEach(visit);
  return models;
}

/** All targets, drawn one after another without putting any back. */
function drawn(targets: readonly WeightedTarget[], random: Random): WeightedTarget[] {
  const left = [...targets];
  const order: WeightedTarget[] = [];
  // Once only weights of 0 are left, they come as they are written.
  while (left.length > 0) order.push(...left.splice(drawWeighted(left, random), 1));
  return order;
}
