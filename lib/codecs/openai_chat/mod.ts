/** OpenAI's chat completions, as spoken by OpenAI and everyone like it. */
export { openaiChat } from "./codec.ts";
export type { ModelDeviations, OpenAIChatProfile, PartForm } from "./profile.ts";
