import { lacking } from "./collector.ts";

/**
 * Stands for a module that workerd hasn't. Naming its parts is free; a test that calls one ends there and
 * counts as skipped, whatever it makes of the error.
 */
export function absent(module: string): unknown {
  const use = (): unknown => {
    lacking(module);
    return nothing;
  };
  const nothing: unknown = new Proxy(function () {}, {
    get(_target, key) {
      if (key === Symbol.iterator) return function* () {};
      if (key === Symbol.toPrimitive) return () => "";
      if (key === "then" || key === "__esModule") return undefined;
      return nothing;
    },
    apply: use,
    construct: use as () => object,
  });
  return nothing;
}
