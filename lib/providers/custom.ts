import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { openaiModels } from "../codecs/model_lists/mod.ts";
import { unlessNamedIn } from "./native_address.ts";
import type { Provider } from "./provider.ts";

const CHAT = "/chat/completions";

/**
 * A provider the operator names: any server that speaks OpenAI's chat protocol. Its base URL is taken
 * literally, and a key is sent when there is one.
 */
export function customProvider(slug: string, chatPath?: string): Provider {
  return {
    slug,
    nativeAddress: ({ base, path }) =>
      base === undefined ? undefined : { url: base + path, ...unlessNamedIn(path) },
    auth: { header: "authorization", prefix: "Bearer ", required: false },
    codec: openaiChat({ chatPath }),
    embeddings: openaiEmbeddings({ path: beside(chatPath, "/embeddings"), tokens: true }),
    listings: [{ path: beside(chatPath, "/models") ?? "/models", decode: openaiModels }],
  };
}

/** The path beside its chat's, where that is like OpenAI's. */
function beside(chatPath: string | undefined, path: string): string | undefined {
  return chatPath?.endsWith(CHAT) ? chatPath.slice(0, -CHAT.length) + path : undefined;
}
