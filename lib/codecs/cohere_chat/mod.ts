/** Cohere's chat. https://docs.cohere.com/v2/reference/chat */
export { cohereChat } from "./codec.ts";
export type { CohereCapabilities, CohereModelRule, CohereProfile } from "./profile.ts";
