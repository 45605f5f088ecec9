/** Recorded answers of OpenAI-like providers, where a folder of them is at hand. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

export interface Recording {
  id: string;
  provider: string;
  api: string;
  response: { status: number; body?: unknown; sse?: string };
}

const DIRECTORY = process.env.TRAFFIC_DIR ??
  fileURLToPath(new URL("../../../../shared/traffic/shared", import.meta.url));

export const NONE = "skipped: no recordings";

/** Chat answers whose shape is OpenAI's; empty where there are no recordings. */
export function chatRecordings(): Recording[] {
  if (!existsSync(DIRECTORY)) return [];
  const files = readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.chat--/.test(file) && file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(`${DIRECTORY}/${file}`, "utf8")) as Recording)
    .filter(({ api }) =>
      !api.startsWith("cohere") && api !== "ollama.chat" && api !== "anthropic.chat"
    );
}
