import { cohereChat, type CohereModelRule } from "../codecs/cohere_chat/mod.ts";
import { cohereEmbed } from "../codecs/cohere_embed/mod.ts";
import { COHERE_LIST } from "./model_listing.ts";
import type { Provider } from "./provider.ts";

/** https://docs.cohere.com/docs/models; only the newer models can be made to call tools. */
const MODELS: readonly CohereModelRule[] = [
  {
    match: "^(c4ai|command-(light|nightly|r)|command$|command-a-(03|translate|vision))",
    thinking: false,
  },
  { match: "^(command$|command-(light|nightly)|command-r(-plus)?($|-0[348]))", forcedTools: false },
];

/** Cohere, https://docs.cohere.com/v2/reference/chat: its own protocol, which tells more than its imitation of OpenAI's. */
export const cohere: Provider = {
  slug: "cohere",
  baseUrl: "https://api.cohere.com/v2",
  versions: ["v2"],
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["COHERE_API_KEY", "CO_API_KEY"],
  baseUrlVariables: ["COHERE_BASE_URL", "CO_API_URL"],
  forwardHeaders: ["x-client-name"],
  embeddings: cohereEmbed(),
  listings: COHERE_LIST,
  codec: cohereChat({ models: MODELS }),
};
