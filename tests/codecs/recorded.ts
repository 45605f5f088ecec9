/** Recorded exchanges of a protocol, where a folder of them is at hand. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

export interface Recorded {
  id: string;
  api: string;
  model: string;
  request: { url: string; body?: Record<string, unknown> | null };
  response: {
    status: number;
    headers: Record<string, string>;
    body?: unknown;
    sse?: string;
    base64?: string;
  };
}

const DIRECTORY = process.env.TRAFFIC_DIR ??
  fileURLToPath(new URL("../../../shared/traffic/shared", import.meta.url));

/** The recordings whose file's name the pattern finds; none where there is no folder. */
export function recordedAs(pattern: RegExp): Recorded[] {
  if (!existsSync(DIRECTORY)) return [];
  return readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file) && file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(`${DIRECTORY}/${file}`, "utf8")) as Recorded);
}

/** Skips a test that has nothing to look at. */
export function needs(t: TestContext, list: readonly unknown[]): boolean {
  if (list.length === 0) t.skip("skipped: no recordings");
  return list.length > 0;
}

/** The bytes of a streamed answer. */
export function streamBytes({ response }: Recorded): Uint8Array {
  if (response.base64 === undefined) return new TextEncoder().encode(response.sse ?? "");
  return Uint8Array.from(atob(response.base64), (letter) => letter.charCodeAt(0));
}

/** Deterministic cuts: every 1 to 97 bytes, another rhythm for each recording. */
export function rhythm(length: number, seed: number): number[] {
  const cuts: number[] = [];
  for (let at = 0, step = seed % 97; at < length; step = (step * 31 + 7) % 97) {
    cuts.push(at += 1 + step);
  }
  return cuts;
}
