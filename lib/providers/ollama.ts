import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { ollamaEmbed } from "../codecs/ollama_embed/mod.ts";
import { besideVersion } from "./embeddings_by_model.ts";
import { OPENAI_LIST } from "./model_listing.ts";
import { joinedAddress, withoutVersion } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

/** Ollama's OpenAI layer, https://docs.ollama.com/api/openai-compatibility: local, and works without a key. */
export const ollama: Provider = {
  slug: "ollama",
  baseUrl: "http://localhost:11434/v1",
  versions: ["v1"],
  // Its own protocol, which alone takes the length of the context.
  address: besideVersion("/api/"),
  nativeAddress: ollamaAddress,
  auth: { header: "authorization", prefix: "Bearer ", required: false },
  keyVariables: ["OLLAMA_API_KEY"],
  baseUrlVariables: ["OLLAMA_BASE_URL"],
  embeddings: ollamaEmbed(),
  listings: OPENAI_LIST,
  codec: openaiChat({
    // No addresses: older versions refuse them, https://docs.ollama.com/api/openai-compatibility#supported-features.
    parts: { text: "same", image_url: "data_only" },
    rename: { max_completion_tokens: "max_tokens" },
    // Accepted by Ollama without effect: said aloud rather than sent in vain.
    drops: [
      "logit_bias",
      "metadata",
      "n",
      "parallel_tool_calls",
      "service_tier",
      "store",
      "user",
    ],
  }),
};

function ollamaAddress({ base, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  return path.startsWith("/api/")
    ? { url: withoutVersion(base) + path }
    : joinedAddress(base, path);
}
