/** Workers AI's own protocol. https://developers.cloudflare.com/workers-ai/get-started/rest-api/ */
export { workersAiRun } from "./codec.ts";
export { workersAiEmbed } from "./embed.ts";
export { runPath } from "./run_path.ts";
