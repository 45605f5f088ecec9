/** Google's Gemini protocol, as spoken by Gemini's API and by Vertex AI. */
export { geminiGenerate } from "./codec.ts";
export type { GeminiCapabilities, GeminiModelRule, GeminiProfile } from "./profile.ts";
