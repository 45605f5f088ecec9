/** What can be wrong with a graph as a whole: where its outputs lead, what is never reached, what a model lacks. */
import { nearest } from "../../nearest.ts";
import { isPriced } from "../../policy/price_book.ts";
import type { GraphNode, LimitNode, ModelNode, RouteGraph } from "../../routing/graph/graph.ts";
import { nameOf, priced } from "../../routing/planned_model.ts";
import type { GraphReading } from "./reading.ts";

/** Pushes what is wrong; `places` are the indexes at which elements are written. Fills in the models of budgets. */
export function checkGraph(
  graph: RouteGraph,
  places: ReadonlyMap<string, number>,
  reading: GraphReading,
): void {
  const check = new GraphCheck(graph, places, reading);
  check.start();
  check.outputs();
  check.keys();
  // Where outputs lead nowhere, ways can't be followed.
  if (!check.sound) return;
  check.circles();
  check.reach();
  check.answers();
  check.budgets();
}

class GraphCheck {
  readonly #graph: RouteGraph;
  readonly #places: ReadonlyMap<string, number>;
  readonly #reading: GraphReading;
  sound = true;

  constructor(
    graph: RouteGraph,
    places: ReadonlyMap<string, number>,
    reading: GraphReading,
  ) {
    this.#graph = graph;
    this.#places = places;
    this.#reading = reading;
  }

  start(): void {
    const [first, ...others] = this.#nodes.filter(({ type }) => type === "start");
    if (first === undefined) {
      this.sound = false;
      this.#fault([...this.#reading.path, "elements"], "has no element of the type start");
    }
    for (const node of others) {
      this.#faultAt(node, ["type"], `is start, as ${this.#placeOf(first!)} is: there must be one`);
    }
  }

  /** Outputs that lead to nothing. */
  outputs(): void {
    for (const node of this.#nodes) {
      for (const [output, id] of node.outputs) {
        if (this.#graph.nodes.has(id)) continue;
        this.sound = false;
        const meant = nearest(id, this.#graph.nodes.keys());
        const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
        this.#faultAt(node, ["outputs", output, "elementId"], `names no element: "${id}"${hint}`);
      }
    }
  }

  /** Models that nobody could ask: only where all are at one provider may a request bring its own key. */
  keys(): void {
    const { models } = this.#graph;
    const providers = new Set(models.map(({ provider }) => provider));
    if (this.#reading.requestKeys && providers.size === 1) return;
    for (const node of models) {
      // An unknown one has been named already.
      const { definition, keys } = node.provider ?? {};
      if (definition === undefined || !definition.auth.required || keys!.size > 0) continue;
      const why = providers.size > 1
        ? "requests can bring none for a route with several providers"
        : "this gateway ignores the keys of requests";
      const { slug } = definition;
      const problem = `names ${slug}, which has no key: set providers.${slug}.apiKey, since ${why}`;
      this.#faultAt(node, ["properties", "provider"], problem);
    }
  }

  circles(): void {
    const done = new Set<string>();
    const trail: string[] = [];
    const visit = (node: GraphNode): void => {
      trail.push(node.id);
      for (const [output, id] of node.outputs) {
        const at = trail.indexOf(id);
        if (at >= 0) {
          const circle = [...trail.slice(at), id].join(" → ");
          this.#faultAt(node, ["outputs", output], `goes in a circle: ${circle}`);
        } else if (!done.has(id)) visit(this.#graph.nodes.get(id)!);
      }
      trail.pop();
      done.add(node.id);
    };
    for (const node of this.#nodes) if (!done.has(node.id)) visit(node);
  }

  /** Elements that no request ever comes to. */
  reach(): void {
    const reached = this.#reachedFrom(this.#graph.start.id);
    for (const node of this.#nodes) {
      if (reached.has(node) || node.type === "start") continue;
      this.#faultAt(node, [], `is never reached from the start: "${node.id}"`);
    }
  }

  /** An answer that has begun can't be taken back, so nothing comes after it. */
  answers(): void {
    for (const node of this.#graph.models) {
      const next = this.#graph.nodes.get(node.outputs.get("success")!)!;
      if (next.type === "end") continue;
      const problem = `leads to "${next.id}", a ${next.type} element: ` +
        "after the answer of a model only an end can come";
      this.#faultAt(node, ["outputs", "success"], problem);
    }
  }

  /** Budgets over models whose answers nobody can price. */
  budgets(): void {
    for (const node of this.#nodes) {
      if (node.type === "rate" && node.counts === "cost") this.#price(node);
    }
  }

  #price(budget: LimitNode): void {
    const behind = [...this.#reachedFrom(budget.outputs.get("success")!)];
    const models = behind.filter((node): node is ModelNode => node.type === "model");
    const { prices } = this.#reading;
    // An unknown provider has been named already.
    const known = models.filter(({ provider }) => provider !== undefined);
    const unpriced = known.filter((node) => !isPriced(prices, priced(node)));
    if (unpriced.length > 0) {
      const names = [...new Set(unpriced.map((node) => `"${nameOf(node)}"`))].join(", ");
      const problem = `is cost, but the option prices has none for ${names}`;
      this.#faultAt(budget, ["properties", "limitType"], problem);
    }
    budget.models = known;
  }

  #reachedFrom(id: string): Set<GraphNode> {
    const reached = new Set<GraphNode>();
    const ids = [id];
    for (let next = ids.pop(); next !== undefined; next = ids.pop()) {
      const node = this.#graph.nodes.get(next)!;
      if (reached.has(node)) continue;
      reached.add(node);
      ids.push(...node.outputs.values());
    }
    return reached;
  }

  get #nodes(): GraphNode[] {
    return [...this.#graph.nodes.values()];
  }

  #placeOf({ id }: GraphNode): string {
    return `elements[${this.#places.get(id)}]`;
  }

  #faultAt({ id }: GraphNode, path: readonly PropertyKey[], problem: string): void {
    this.#fault([...this.#reading.path, "elements", this.#places.get(id)!, ...path], problem);
  }

  #fault(path: readonly PropertyKey[], problem: string): void {
    this.#reading.faults.push({ path, problem });
  }
}
