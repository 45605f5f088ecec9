import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const BUILTIN = new RegExp(`^(?:node:)?(?:${builtinModules.join("|").replaceAll("/", "\\/")})$`);

/**
 * Node's own modules are asked for by name. Packages of the old kind `require` them, which a module of the new kind
 * cannot do; and an import reads all that such a module exports, which makes Node load what nobody asks for: for
 * `node:http` its own fetch, 50 ms of a start.
 */
export const requiredModules: Plugin = {
  name: "required modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUILTIN }, ({ path }) => ({
      path: path.startsWith("node:") ? path : `node:${path}`,
      namespace: "required",
    }));
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};
