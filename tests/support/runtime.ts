import process from "node:process";

/** Which runtime runs this file. */
export const runtime = detect();

function detect(): "workerd" | "bun" | "deno" | "node" {
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") return "workerd";
  const { bun, deno } = process.versions as Record<string, string | undefined>;
  if (bun !== undefined) return "bun";
  return deno !== undefined ? "deno" : "node";
}
