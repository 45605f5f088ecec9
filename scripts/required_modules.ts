import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const BUILTIN = new RegExp(`^(?:node:)?(?:${builtinModules.join("|").replaceAll("/", "\\/")})$`);

/**
 * Packages of the old kind `require` Node's modules, which a module of the new kind cannot do: for them they are
 * imported.
 */
export const requiredModules: Plugin = {
  name: "required modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUILTIN }, ({ path, kind }) => {
      const name = path.startsWith("node:") ? path : `node:${path}`;
      if (kind !== "require-call") return { path: name, external: true };
      return { path: name, namespace: "required" };
    });
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `import builtin from ${JSON.stringify(path)};\nmodule.exports = builtin;`,
    }));
  },
};
