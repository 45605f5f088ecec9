import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import type { Provider } from "./provider.ts";

const CHAT = "/chat/completions";

/**
 * A provider the operator names: any server that speaks OpenAI's chat protocol. Its base URL is taken
 * literally, and a key is sent when there is one.
 */
export function customProvider(slug: string, chatPath?: string): Provider {
  return {
    slug,
    auth: { header: "authorization", prefix: "Bearer ", required: false },
    codec: openaiChat({ chatPath }),
    embeddings: openaiEmbeddings({
      // Beside its chat, where that has a path like OpenAI's.
      path: chatPath?.endsWith(CHAT) ? chatPath.slice(0, -CHAT.length) + "/embeddings" : undefined,
      tokens: true,
    }),
  };
}
