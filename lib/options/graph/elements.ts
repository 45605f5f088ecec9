/** A dynamic route as people write it, and as Cloudflare exports it; both spellings of every element. */

/** Where an output leads. */
export interface RouteEdge {
  /** The id of another element. */
  elementId: string;
}

/** What all elements have. */
export interface RouteNode {
  /** Unique in its route. */
  id: string;
}

/** Where every request begins; a route has exactly one. */
export interface StartElement extends RouteNode {
  /** Tells it from other elements. */
  type: "start";
  /** Where requests go on. */
  outputs: {
    /** The first element after the start. */
    next: RouteEdge;
  };
}

/**
 * A condition in MongoDB's manner: `{ "metadata.plan": "paid", "body.max_tokens": { "$lte": 500 } }`. Fields begin
 * with `metadata.`, `body.` or `headers.`; operators are `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`,
 * `$exists`, `$regex`, `$and`, `$or` and `$not`.
 */
export type RouteCondition = Record<string, unknown>;

/** Sends requests one way or the other. */
export interface ConditionalElement extends RouteNode {
  /** Tells it from other elements. */
  type: "conditional";
  /** One of the two. */
  properties: {
    /** As Cloudflare's interface spells it. */
    conditions?: RouteCondition;
    /** As older pages spell it. */
    condition?: RouteCondition;
  };
  /** Where requests go on. */
  outputs: {
    /** Where the condition holds. */
    true: RouteEdge;
    /** Where it does not. */
    false: RouteEdge;
  };
}

/** Spreads requests over its outputs. */
export interface PercentageElement extends RouteNode {
  /** Tells it from other elements. */
  type: "percentage";
  /** Default: every request by chance. */
  properties?: {
    /** Requests that are alike in this field, such as `metadata.user_id`, always go the same way. */
    key?: string;
  };
  /** By share: `10%`, `12.5%`, at most five of them, and `else` for the rest. Together they make 100 %. */
  outputs: Record<string, RouteEdge>;
}

/** Limits requests (`count`) or dollars (`cost`, for which the models behind it need `prices`) in a window. */
export interface RateElement extends RouteNode {
  /** Tells it from other elements; both spellings mean the same. */
  type: "rate" | "rate_limit";
  /** What is limited. */
  properties: {
    /** Requests, or what they cost. */
    limitType: "count" | "cost";
    /** Requests that differ in this field are counted apart; those without it together. Default: all together. */
    key?: string;
    /** Requests, or dollars. */
    limit: number;
    /** Seconds; `window` or `interval`. */
    window?: number;
    /** The same. */
    interval?: number;
    /** `fixed` windows follow the clock, a `sliding` one looks back. Default: `fixed`. */
    technique?: "fixed" | "sliding";
  };
  /** Where requests go on. */
  outputs: {
    /** Below the limit. */
    success: RouteEdge;
    /** Above it. Default: the route ends, with status 429. */
    fallback?: RouteEdge;
  };
}

/** Asks a model. */
export interface ModelElement extends RouteNode {
  /** Tells it from other elements. */
  type: "model";
  /** Which model, and how long it is tried. */
  properties: {
    /** A provider's slug. */
    provider: string;
    /** As the provider names it. */
    model: string;
    /** Milliseconds until the first content of a stream, or the whole of an answer. Default: `timeouts`. */
    timeout?: number;
    /** Tries after the first, 0–5. Default: as `retry` says. */
    retries?: number;
  };
  /** Where requests go on. */
  outputs: {
    /** An `end`: the model answers. */
    success: RouteEdge;
    /** After the last try. Default: the route ends with the model's error. */
    fallback?: RouteEdge;
  };
}

/** The caller gets the answer, or an error where no model has answered. */
export interface EndElement extends RouteNode {
  /** Tells it from other elements. */
  type: "end";
  /** Nowhere. */
  outputs?: Record<string, never>;
}

/** One element of a dynamic route. */
export type RouteElement =
  | StartElement
  | ConditionalElement
  | PercentageElement
  | RateElement
  | ModelElement
  | EndElement;

/** A dynamic route: from its start, elements decide for each request which models are asked. */
export interface RouteGraphOption {
  /** As Cloudflare exports it; means nothing here. */
  id?: string;
  /** As Cloudflare exports it; the name of the route is the option's. */
  name?: string;
  /** In any order. */
  elements: RouteElement[];
}
