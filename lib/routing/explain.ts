/** Which way a request would take, and why, without asking anybody. */
import type { GatewayError } from "../errors.ts";
import { isGatewayError } from "../errors.ts";
import type { Scope } from "../policy/scope.ts";
import type { KeyChoice } from "../upstream/credentials.ts";
import { follow, nobodyAsked, type Trip, type Visit } from "./graph/decide.ts";
import type { RoutedRequest } from "./graph/field.ts";
import type { RouteGraph } from "./graph/graph.ts";
import { findRoute, type Plan, planFor } from "./plan.ts";
import { nameOf, type PlannedModel } from "./planned_model.ts";
import { targetOf } from "./run.ts";
import type { GatewaySettings, Settings } from "./settings.ts";

/** An element of a dynamic route that a request would visit. */
export interface ExplainedElement {
  /** As the route has it. */
  id: string;
  /** `start`, `conditional`, `percentage`, `rate`, `model` or `end`. */
  type: string;
  /** By which output the request would leave it; absent where the route ends. */
  output?: string;
  /** In words, for people. */
  why: string;
}

/** A model that a request would be sent to, if those before it fail. */
export interface ExplainedStep {
  /** The provider's slug. */
  provider: string;
  /** As the provider names it. */
  model: string;
  /** The id of the element, in a dynamic route. */
  element?: string;
  /**
   * Which key would be used: the request's, a stored one, none because none is needed, none because none is there, or
   * none because this caller may not ask for the model.
   */
  key: "request" | "stored" | "not needed" | "missing" | "not allowed";
  /** Tries in all. */
  attempts: number;
  /** In words, for people. */
  why: string;
}

/** Where a request would go. Nothing was called or counted to find out. */
export interface Explanation {
  /** The gateway's id. */
  gateway: string;
  /** As the caller wrote it. */
  model: string;
  /** The name of the route, where it means one. */
  route?: string;
  /** How the model is read, in words. */
  why: string;
  /** Through a dynamic route up to its end, if the first model that can be asked answers; else empty. */
  path: ExplainedElement[];
  /** Models in the order in which they would be asked, each if those before it fail. */
  steps: ExplainedStep[];
  /** What else of a dynamic route would be visited if every model failed. */
  fallback: ExplainedElement[];
  /** What the caller would get where no model can be asked. */
  refusal?: { code: number; status: number; message: string };
}

/** What a request is explained by. */
export interface ExplainedRequest extends RoutedRequest {
  model: string;
  /** Length of the body. */
  characters: number;
  keys: KeyChoice;
  /** What this caller may ask for. */
  scope: Scope | undefined;
  /** Tries, where a model has no number of its own. */
  attempts: number;
}

/** Explains; throws what {@linkcode planFor} throws. */
export async function explain(
  request: ExplainedRequest,
  gateway: GatewaySettings,
  settings: Settings,
): Promise<Explanation> {
  const { model } = request;
  const plan = planFor(model, gateway, settings);
  const route = findRoute(model, gateway);
  const name = gateway.routes.has(model) ? model : model.slice(model.indexOf("/") + 1);
  const said = {
    gateway: gateway.id,
    model,
    ...(route !== undefined && { route: name }),
    why: route === undefined ? "it names a provider and its model" : howRouted(name, plan),
  };
  if (plan.graph !== undefined) {
    return { ...said, ...await throughGraph(plan, plan.graph, request, settings) };
  }
  const steps = new Steps(plan, request);
  for (const step of plan.steps) steps.add(step);
  return { ...said, path: [], fallback: [], ...steps.outcome() };
}

function howRouted(name: string, { graph, steps }: Plan): string {
  if (graph !== undefined) return `the route "${name}" is a graph of ${graph.nodes.size} elements`;
  if (steps.length === 1) return `the route "${name}" names one model`;
  return `the route "${name}" lists ${steps.length} models`;
}

/** Goes as if every model failed; what comes before the first that can be asked, and its end, is the path. */
async function throughGraph(
  plan: Plan,
  graph: RouteGraph,
  request: ExplainedRequest,
  settings: Settings,
): Promise<Pick<Explanation, "path" | "steps" | "fallback" | "refusal">> {
  const trip: Trip = {
    graph,
    request,
    characters: request.characters,
    // However much a request may cost, it goes the same way: what counts is whether it costs anything.
    expects: () => ({}),
    settings,
    count: (window, key) => window.used(key),
    warnings: [],
  };
  const steps = new Steps(plan, request);
  const visits: Visit[] = [];
  let path: Visit[] | undefined;
  let node = await follow(graph.start.id, trip, visits);
  while (node !== undefined) {
    const failure = steps.add(node, node.id);
    if (failure === undefined && path === undefined) {
      const why = `${nameOf(node)} is asked, and answers`;
      const end = graph.nodes.get(node.outputs.get("success")!)!;
      const ends = { node: end, why: "the caller gets the answer" };
      path = [...visits.splice(0), { node, output: "success", why }, ends];
    }
    const why = failure?.message ?? `${nameOf(node)} has failed`;
    visits.push({ node, ...(node.outputs.has("fallback") && { output: "fallback" }), why });
    node = await follow(node.outputs.get("fallback"), trip, visits);
  }
  const none = steps.count === 0 ? nobodyAsked(trip, visits) : undefined;
  return {
    path: (path ?? visits).map(shown),
    fallback: path === undefined ? [] : visits.map(shown),
    ...steps.outcome(none),
  };
}

function shown({ node: { id, type }, output, why }: Visit): ExplainedElement {
  return { id, type, ...(output !== undefined && { output }), why };
}

/** Models in order, with what each would need. */
class Steps {
  readonly #plan: Plan;
  readonly #request: ExplainedRequest;
  readonly #steps: ExplainedStep[] = [];
  #canAnswer = false;
  #failure: GatewayError | undefined;

  constructor(plan: Plan, request: ExplainedRequest) {
    this.#plan = plan;
    this.#request = request;
  }

  get count(): number {
    return this.#steps.length;
  }

  /** Adds a step, and gives why it can't be asked, if so. */
  add(step: PlannedModel, element?: string): GatewayError | undefined {
    const { provider, model, attempts = this.#request.attempts } = step;
    const facts = {
      provider: provider.definition.slug,
      model,
      ...(element !== undefined && { element }),
      attempts,
    };
    const key = this.#keyOf(step);
    if (typeof key !== "string") {
      this.#failure = key;
      const why = `cannot be asked: ${key.message}`;
      this.#steps.push({ ...facts, key: key.code === 2114 ? "not allowed" : "missing", why });
      return key;
    }
    const why = this.#canAnswer ? "is asked if those before it fail" : "is asked first";
    this.#canAnswer = true;
    this.#steps.push({ ...facts, key, why });
    return undefined;
  }

  /** All steps; where none can answer, what the caller gets instead. */
  outcome(refusal = this.#failure): Pick<Explanation, "steps" | "refusal"> {
    if (this.#canAnswer || refusal === undefined) return { steps: this.#steps };
    const { code, status, message } = refusal;
    return { steps: this.#steps, refusal: { code, status, message } };
  }

  #keyOf(
    step: PlannedModel,
  ): Exclude<ExplainedStep["key"], "missing" | "not allowed"> | GatewayError {
    const { keys } = this.#request;
    try {
      const { key } = targetOf(step, this.#plan, this.#request);
      if (key === undefined) return "not needed";
      return this.#plan.oneProvider && keys.requestKey !== undefined ? "request" : "stored";
    } catch (error) {
      if (isGatewayError(error)) return error;
      throw error;
    }
  }
}
