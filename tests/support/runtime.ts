import process from "node:process";

const { bun, deno } = process.versions as Record<string, string | undefined>;

/** Which runtime runs this file. */
export const runtime = bun !== undefined ? "bun" : deno !== undefined ? "deno" : "node";
