/** From routes as written, which may name each other, to flat lists of models and groups of them. */
import { nearest } from "../nearest.ts";
import { ALIASES } from "../providers/registry.ts";
import type { Route } from "../routing/settings.ts";
import type { RouteStep, WeightedTarget } from "../routing/weighted.ts";
import type { Fault } from "./fault.ts";
import type { WrittenRoute } from "./schema.ts";

/** What the names in a route are looked up in. */
export interface RouteContext {
  /** Slugs of the providers that can be called. */
  providers: Iterable<string>;
  path: readonly PropertyKey[];
  faults: Fault[];
}

/** Resolves every route of a gateway, and pushes what is wrong to `faults`. */
export function resolveRoutes(
  written: readonly (readonly [name: string, route: WrittenRoute])[],
  context: RouteContext,
): Map<string, Route> {
  const routes = new Map(written);
  const resolved = new Map<string, Route>();
  const slugs = new Set([...context.providers, ...ALIASES.keys()]);
  const { path, faults } = context;

  /** `trail` holds the routes that led here; its last is `name`. */
  function resolve(name: string, trail: readonly string[]): Route {
    const done = resolved.get(name);
    if (done !== undefined) return done;
    const route = routes.get(name)!;
    const at = [...path, name];
    const flat = typeof route === "string" || Array.isArray(route)
      ? { models: stepsOf(route, at, trail) }
      : { models: [], graph: route };
    resolved.set(name, flat);
    return flat;
  }

  function stepsOf(
    route: Exclude<WrittenRoute, { elements: unknown }>,
    at: PropertyKey[],
    trail: readonly string[],
  ): readonly RouteStep[] {
    if (typeof route === "string") return follow(route, at, trail);
    const targets = route.map((target, index) =>
      typeof target === "string"
        ? { steps: follow(target, [...at, index], trail) }
        : { steps: follow(target.model, [...at, index, "model"], trail), weight: target.weight }
    );
    // A model that several nested routes share is tried once: trying again is what `retry` is for.
    if (!targets.every(isWeighted)) return [...new Set(targets.flatMap(({ steps }) => steps))];
    if (targets.every(({ weight }) => weight === 0)) {
      faults.push({ path: at, problem: "has no weight above 0, so nothing would be drawn" });
    }
    return [{ targets }];
  }

  function follow(
    target: string,
    at: PropertyKey[],
    trail: readonly string[],
  ): readonly RouteStep[] {
    const next = routeName(target, routes);
    // A route may replace a model and try that very model: its own name then means the model.
    const isItself = next === trail.at(-1) && modelFault(target, slugs) === undefined;
    if (next === undefined || isItself) {
      const problem = modelFault(target, slugs, routes.keys());
      if (problem !== undefined) faults.push({ path: at, problem });
      return [target];
    }
    if (trail.includes(next)) {
      const circle = [...trail.slice(trail.indexOf(next)), next].join(" → ");
      faults.push({ path: at, problem: `goes in a circle: ${circle}` });
      return [];
    }
    const { models, graph } = resolve(next, [...trail, next]);
    if (graph !== undefined) {
      faults.push({
        path: at,
        problem: `names the route "${next}", a graph: only models can be listed`,
      });
    }
    return models;
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
function modelFault(
  target: string,
  slugs: ReadonlySet<string>,
  routes: Iterable<string> = [],
): string | undefined {
  // The one kind of name that needs no prefix: Workers AI.
  if (target.startsWith("@cf/")) return undefined;
  const slash = target.indexOf("/");
  const slug = target.slice(0, Math.max(slash, 0));
  if (slug !== "" && slash < target.length - 1 && slugs.has(slug)) return undefined;
  if (slug === "" || slash === target.length - 1) {
    const meant = nearest(target, routes);
    const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
    return `must be provider/model or the name of another route, got "${target}"${hint}`;
  }
  if (slug.startsWith("custom-")) {
    return `names the provider "${slug}", which is not configured: write providers.${slug}`;
  }
  const meant = nearest(slug, slugs);
  const hint = meant === undefined
    ? `known are ${[...slugs].join(", ")}`
    : `did you mean "${meant}"?`;
  return `names the provider "${slug}", which is not known (${hint})`;
}
