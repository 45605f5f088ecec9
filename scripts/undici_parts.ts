import type { Plugin } from "esbuild";

/** Of undici its connections, and of these HTTP/1.1, which is all that is spoken: half of the package. */
export const undiciParts: Plugin = {
  name: "undici's parts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ resolveDir }) => ({
      path: "undici",
      namespace: "parts",
      pluginData: resolveDir,
    }));
    onLoad({ filter: /.*/, namespace: "parts" }, ({ pluginData }) => ({
      contents: 'exports.Client = require("undici/lib/dispatcher/client.js");' +
        'exports.buildConnector = require("undici/lib/core/connect.js");',
      resolveDir: pluginData as string,
    }));
    // It needs Node's own HTTP/2, which takes 10 ms to load.
    onLoad({ filter: /undici\/lib\/dispatcher\/client-h2\.js$/ }, () => ({ contents: "" }));
  },
};
