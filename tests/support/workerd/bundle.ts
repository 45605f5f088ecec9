/** Test files as Workers: one module each, since workerd resolves no packages. */
import { build, type Plugin } from "esbuild";
import { join } from "node:path";

const HERE = import.meta.dirname;

/** What workerd leaves out even with Node's compatibility: what needs the machine it runs on. */
const MACHINE = ["child_process", "fs", "http", "https", "module", "net", "os", "tls"];

/** What assertions and file names need, in our own words where there is no Node. */
const STAND_INS: Record<string, string> = {
  assert: "node_util.ts",
  path: "node_path.ts",
  process: "node_process.ts",
  url: "node_path.ts",
  util: "node_util.ts",
};

/** One test file. */
export interface TestFile {
  /** From the root, with a dot in front. */
  path: string;
  /** What all its tests need and workerd hasn't. */
  lacks?: string;
}

/** Bundles each file to `folder/NAME.js`; a module that isn't there skips the tests that use it. */
export async function bundleTests(
  files: ReadonlyMap<string, TestFile>,
  folder: string,
  nodejs: boolean,
): Promise<void> {
  const entryPoints = Object.fromEntries([...files.keys()].map((name) => [name, `test:${name}`]));
  await build({
    entryPoints,
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd"],
    define: { "import.meta.url": '"file:///worker.js"', "import.meta.dirname": '"/"' },
    logLevel: "error",
    plugins: [entries(files), nodeModules(nodejs)],
  });
}

/** One Worker's module as a file. */
export async function bundleWorker(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd"],
    logLevel: "error",
  });
}

const collector = join(HERE, "collector.ts");

/** The Worker around a test file. */
const entries = (files: ReadonlyMap<string, TestFile>): Plugin => ({
  name: "entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^test:/ }, ({ path }) => ({ path: path.slice(5), namespace: "test" }));
    onLoad({ filter: /.*/, namespace: "test" }, ({ path: name }) => {
      const { path, lacks } = files.get(name)!;
      // A file for workerd alone exports classes of Durable Objects; other exports would be taken for entrances.
      const load = path.endsWith("_workerd_test.ts") ? "export * from" : "import";
      return {
        contents: `import { runTests } from ${JSON.stringify(collector)};
${load} ${JSON.stringify(path)};
export default { test: (_, env) => runTests(env, ...${JSON.stringify([path, lacks])}) };`,
        resolveDir: join(HERE, "../../.."),
      };
    });
  },
});

const nodeModules = (nodejs: boolean): Plugin => ({
  name: "node modules",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => {
      const name = path.slice("node:".length);
      if (name === "test") return { path: collector };
      if (nodejs && !MACHINE.includes(name)) return { path, external: true };
      const standIn = STAND_INS[name];
      if (standIn !== undefined) return { path: join(HERE, standIn) };
      return { path, namespace: "absent" };
    });
    onLoad({ filter: /.*/, namespace: "absent" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      return {
        contents: `import { absent } from "./absent.ts";
const module = absent(${JSON.stringify(path)});
export default module;
export const { ${names.join(", ")} } = module;`,
        resolveDir: HERE,
      };
    });
  },
});
