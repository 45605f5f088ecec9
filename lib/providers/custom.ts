import { openaiChat } from "../codecs/openai_chat/mod.ts";
import type { Provider } from "./provider.ts";

/**
 * A provider the operator names: any server that speaks OpenAI's chat protocol. Its base URL is taken
 * literally, and a key is sent when there is one.
 */
export function customProvider(slug: string, chatPath?: string): Provider {
  return {
    slug,
    auth: { header: "authorization", prefix: "Bearer ", required: false },
    codec: openaiChat({ chatPath }),
  };
}
