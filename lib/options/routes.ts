/** From routes as written, which may name each other, to flat lists of models and groups of them, and graphs. */
import { nearest } from "../nearest.ts";
import type { Route } from "../routing/settings.ts";
import type { RouteStep, WeightedTarget } from "../routing/weighted.ts";
import { readGraph } from "./graph/read_graph.ts";
import type { GraphReading } from "./graph/reading.ts";
import { providerFault, splitModel } from "./provider_fault.ts";
import type { WrittenRoute } from "./schema.ts";

/** What the names in a route are looked up in. */
export type RouteContext = Omit<GraphReading, "name">;

/** Resolves every route of a gateway, and pushes what is wrong to `faults`. */
export function resolveRoutes(
  written: readonly (readonly [name: string, route: WrittenRoute])[],
  context: RouteContext,
): Map<string, Route> {
  const routes = new Map(written);
  const resolved = new Map<string, Route>();
  const { slugs, path, faults } = context;

  /** `trail` holds the routes that led here; its last is `name`. */
  function resolve(name: string, trail: readonly string[]): Route {
    const done = resolved.get(name);
    if (done !== undefined) return done;
    const route = resolveAnew(name, trail);
    resolved.set(name, route);
    return route;
  }

  function resolveAnew(name: string, trail: readonly string[]): Route {
    const route = routes.get(name)!;
    const at = [...path, name];
    if (typeof route === "string") return follow(route, at, trail);
    if (Array.isArray(route)) return { models: stepsOf(route, at, trail) };
    return { models: [], graph: readGraph(route, { ...context, name, path: at }) };
  }

  function stepsOf(
    route: Extract<WrittenRoute, readonly unknown[]>,
    at: PropertyKey[],
    trail: readonly string[],
  ): readonly RouteStep[] {
    const targets = route.map((target, index) =>
      typeof target === "string"
        ? { steps: listed(target, [...at, index], trail) }
        : { steps: listed(target.model, [...at, index, "model"], trail), weight: target.weight }
    );
    // A model that several nested routes share is tried once: trying again is what `retry` is for.
    if (!targets.every(isWeighted)) return [...new Set(targets.flatMap(({ steps }) => steps))];
    if (targets.every(({ weight }) => weight === 0)) {
      faults.push({ path: at, problem: "has no weight above 0, so nothing would be drawn" });
    }
    return [{ targets }];
  }

  function listed(
    target: string,
    at: PropertyKey[],
    trail: readonly string[],
  ): readonly RouteStep[] {
    const { models, graph } = follow(target, at, trail);
    if (graph !== undefined) {
      const problem = `names the route "${graph.name}", a graph: only models can be listed`;
      faults.push({ path: at, problem });
    }
    return models;
  }

  function follow(target: string, at: PropertyKey[], trail: readonly string[]): Route {
    const next = routeName(target, routes);
    // A route may replace a model and try that very model: its own name then means the model.
    const isItself = next === trail.at(-1) && targetFault(target, slugs) === undefined;
    if (next === undefined || isItself) {
      const problem = targetFault(target, slugs, routes.keys());
      if (problem !== undefined) faults.push({ path: at, problem });
      return { models: [target] };
    }
    if (trail.includes(next)) {
      const circle = [...trail.slice(trail.indexOf(next)), next].join(" → ");
      faults.push({ path: at, problem: `goes in a circle: ${circle}` });
      return { models: [] };
    }
    return resolve(next, [...trail, next]);
  }

  for (const name of routes.keys()) resolve(name, [name]);
  return resolved;
}

function isWeighted(target: Partial<WeightedTarget>): target is WeightedTarget {
  return target.weight !== undefined;
}

/** The route that a target names; `dynamic/x` is how callers write the route `x`. */
function routeName(target: string, routes: ReadonlyMap<string, unknown>): string | undefined {
  if (routes.has(target)) return target;
  const short = target.startsWith("dynamic/") ? target.slice("dynamic/".length) : "";
  return routes.has(short) ? short : undefined;
}

/** What is wrong with a target that is no route, if anything. */
function targetFault(
  target: string,
  slugs: ReadonlySet<string>,
  routes: Iterable<string> = [],
): string | undefined {
  const split = splitModel(target);
  if (split !== undefined) return providerFault(split[0], slugs);
  const meant = nearest(target, routes);
  const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
  return `must be provider/model or the name of another route, got "${target}"${hint}`;
}
