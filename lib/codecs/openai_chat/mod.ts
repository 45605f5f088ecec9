/** OpenAI's chat completions, as spoken by OpenAI and everyone like it. */
export { openaiChat } from "./codec.ts";
export type { OpenAIChatProfile, ParameterRename } from "./profile.ts";
