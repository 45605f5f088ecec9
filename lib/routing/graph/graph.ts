/** A dynamic route, checked: what Cloudflare's elements say, in one spelling. */
import type { WindowShape } from "../../policy/window.ts";
import type { PlannedModel, ProviderModel } from "../planned_model.ts";
import type { Condition } from "./condition.ts";
import type { Field } from "./field.ts";

interface Node {
  id: string;
  /** Ids by the outputs' names. */
  outputs: ReadonlyMap<string, string>;
}

/** Where every request begins: goes on at `next`. */
export interface StartNode extends Node {
  type: "start";
}

/** Goes on at `true` or `false`. */
export interface ConditionalNode extends Node {
  type: "conditional";
  condition: Condition;
}

/** Goes on at one of its outputs, chosen by chance or by a key. */
export interface PercentageNode extends Node {
  type: "percentage";
  /** Requests that are alike in this always go the same way. */
  key?: Field;
  /** In the order written; `upTo` is the sum of the shares so far, and of the last one 1. */
  branches: readonly { output: string; upTo: number }[];
}

/** Goes on at `success` as long as less than the limit was counted, then at `fallback`. */
export interface LimitNode extends Node {
  type: "rate";
  /** `cost` is counted in micro-dollars. */
  counts: "requests" | "cost";
  /** Requests that differ in this are counted apart. */
  key?: Field;
  /** Requests, or micro-dollars. */
  limit: number;
  window: WindowShape;
  /** Those that may answer behind `success`; for a limit of cost. */
  models: readonly ProviderModel[];
}

/** Asks a model: `success` when it shows content, else `fallback`. */
export interface ModelNode extends Node, PlannedModel {
  type: "model";
}

/** The caller gets the answer, or an error where there is none. */
export interface EndNode extends Node {
  type: "end";
}

/** An element of a graph. */
export type GraphNode =
  | StartNode
  | ConditionalNode
  | PercentageNode
  | LimitNode
  | ModelNode
  | EndNode;

/** Free of circles; every output leads to an element of it, and every element is reached from the start. */
export interface RouteGraph {
  /** Of the gateway it belongs to. */
  gateway: string;
  /** The route's. */
  name: string;
  start: StartNode;
  nodes: ReadonlyMap<string, GraphNode>;
  /** In the order written. */
  models: readonly ModelNode[];
}
