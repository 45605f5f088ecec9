/** Prints what the whole gateway weighs as one file: `node tests/support/bundle_size.ts`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ENTRY = join(import.meta.dirname, "../../mod.ts");

if (!existsSync(ENTRY)) {
  console.log("no mod.ts yet");
} else {
  const { outputFiles: [bundle] } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    write: false,
    logLevel: "warning",
    // The default door may load its runtime's modules; they are not part of what is shipped.
    external: ["node:*", "cloudflare:*", "bun:*"],
  });
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  const { contents } = bundle!;
  console.log(
    `mod.ts: ${kilobytes(contents.length)} kB minified, ` +
      `${kilobytes(gzipSync(contents, { level: 9 }).length)} kB gzip`,
  );
}
