/** Short ways to write the elements of a dynamic route. */
import type { RouteElement } from "../../lib/options/graph/elements.ts";

export const to = (elementId: string) => ({ elementId });

export const start = (next: string): RouteElement => ({
  id: "start",
  type: "start",
  outputs: { next: to(next) },
});

export const end = (id = "end"): RouteElement => ({ id, type: "end", outputs: {} });

export const when = (
  id: string,
  conditions: Record<string, unknown>,
  yes: string,
  no: string,
): RouteElement => ({
  id,
  type: "conditional",
  properties: { conditions },
  outputs: { true: to(yes), false: to(no) },
});

/** A model that leads to `end`; named by its provider and itself. */
export const model = (
  id: string,
  name: string,
  fallback?: string,
  more: { timeout?: number; retries?: number } = {},
): RouteElement => {
  const slash = name.indexOf("/");
  return {
    id,
    type: "model",
    properties: { provider: name.slice(0, slash), model: name.slice(slash + 1), ...more },
    outputs: {
      success: to("end"),
      ...(fallback !== undefined && { fallback: to(fallback) }),
    },
  };
};

export const rate = (
  id: string,
  properties: {
    limitType: "count" | "cost";
    limit: number;
    key?: string;
    window?: number;
    technique?: "fixed" | "sliding";
  },
  success: string,
  fallback?: string,
): RouteElement => ({
  id,
  type: "rate",
  properties: { window: 60, ...properties },
  outputs: { success: to(success), ...(fallback !== undefined && { fallback: to(fallback) }) },
});

export const split = (
  id: string,
  outputs: Record<string, string>,
  key?: string,
): RouteElement => ({
  id,
  type: "percentage",
  ...(key !== undefined && { properties: { key } }),
  outputs: Object.fromEntries(Object.entries(outputs).map(([name, id]) => [name, to(id)])),
});
