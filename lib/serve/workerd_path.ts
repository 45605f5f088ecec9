import { createRequire } from "node:module";

/** Where npm put workerd's executable itself: what it links is a script that would stay between us and its signals. */
export function workerdPath(): string {
  const { platform, arch } = process;
  const require = createRequire(createRequire(import.meta.url).resolve("workerd"));
  return require.resolve(
    `@cloudflare/workerd-${platform}-${arch === "x64" ? "64" : arch}/bin/workerd`,
  );
}
