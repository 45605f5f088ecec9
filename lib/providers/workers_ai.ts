import type { ModelRule, ProviderCodec } from "../chat/codec.ts";
import { rulesForModel } from "../chat/rules_for_model.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import { openaiChat, type OpenAIChatProfile } from "../codecs/openai_chat/mod.ts";
import { openaiEmbeddings } from "../codecs/openai_embeddings/mod.ts";
import { runPath, workersAiEmbed, workersAiRun } from "../codecs/workers_ai_run/mod.ts";
import { besideVersion, choosing } from "./embeddings_by_model.ts";
import { WORKERS_AI_LIST } from "./model_listing.ts";
import { WORKERS_AI_MODELS } from "./model_rules.ts";
import {
  DEVELOPER_AS_SYSTEM,
  NAMED_MEMBERS,
  OPENAI_ONLY,
  PLAIN_MEMBERS,
  THREE_EFFORTS,
} from "./openai_like.ts";
import { decodedPath, joinedAddress, withoutVersion } from "./native_address.ts";
import type { NativeAddress, NativeCall, Provider } from "./provider.ts";

/** What its models do otherwise than OpenAI's, at either address. */
const PROFILE: OpenAIChatProfile = {
  refusesEmpty: true,
  drops: [...OPENAI_ONLY, "logit_bias", "logprobs", "n", "top_logprobs", "user"],
  rename: { max_completion_tokens: "max_tokens" },
  values: {
    reasoning_effort: {
      none: { chat_template_kwargs: { enable_thinking: false } },
      ...THREE_EFFORTS,
    },
  },
  ranges: { temperature: [0, 5], top_p: [0, 2] },
  roles: DEVELOPER_AS_SYSTEM,
  members: { ...NAMED_MEMBERS, assistant: [...PLAIN_MEMBERS.assistant ?? [], "reasoning"] },
  parts: { text: "same", image_url: "data_only", input_audio: "same" },
  emptyContent: "always",
  reasoning: "none",
  schema: "envelope",
  jsonStreams: false,
  thinkTags: true,
  noise: ["p"],
  models: WORKERS_AI_MODELS,
};

/**
 * Its own `/ai/run/{model}`, for the models that a rule says are reached there, and for the `AI` binding. Without a
 * limit it ends every answer after 256 tokens, https://developers.cloudflare.com/workers-ai/models/.
 */
export const workersAiOverRun: ProviderCodec = workersAiRun(
  openaiChat({ ...PROFILE, asksUsage: false, defaults: { max_tokens: { value: 2048 } } }),
);

/** The same for vectors. */
export const workersAiEmbeddings: EmbeddingCodec = workersAiEmbed();

/** Cloudflare's Workers AI, https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/. */
export const workersAi: Provider = {
  slug: "workers-ai",
  baseUrl: "https://api.cloudflare.com/client/v4/accounts/{accountId}/ai/v1",
  versions: ["v1"],
  settings: { accountId: ["CLOUDFLARE_ACCOUNT_ID", "WORKERS_AI_ACCOUNT_ID"] },
  address: besideVersion("/run/"),
  nativeAddress: workersAiAddress,
  runPath,
  auth: { header: "authorization", prefix: "Bearer ", required: true },
  keyVariables: ["WORKERS_AI_API_KEY", "WORKERS_AI_API_TOKEN", "CLOUDFLARE_API_TOKEN"],
  baseUrlVariables: ["WORKERS_AI_BASE_URL"],
  // Keeps a conversation where its prompt is cached.
  forwardHeaders: ["x-session-affinity"],
  embeddings: embeddingsByRule(
    openaiEmbeddings({ inputs: 100, accepts: [], purpose: "none" }),
    workersAiEmbeddings,
  ),
  listings: WORKERS_AI_LIST,
  codec: codecByRule(openaiChat(PROFILE), workersAiOverRun),
};

interface RunRule extends ModelRule {
  /** Reached at `/ai/run/{model}` instead of `/ai/v1/chat/completions`. */
  run?: boolean;
}

/** OpenAI's chat, but for the models whose rule says `run`: fine-tunes, and whatever `/ai/v1` does not serve. */
function codecByRule(
  chat: ProviderCodec,
  run: ProviderCodec,
  rules: readonly RunRule[] = [],
): ProviderCodec {
  const forModel = chooser(chat, run, rules);
  return {
    ...chat,
    capabilities: { ...chat.capabilities, run: "flag" },
    withModelRules(more) {
      const ruled = (codec: ProviderCodec) => codec.withModelRules?.(more) ?? codec;
      return codecByRule(ruled(chat), ruled(run), [...rules, ...more]);
    },
    encodeRequest: (request, options) => forModel(options.model).encodeRequest(request, options),
    forModel,
  };
}

/** The same for vectors. */
function embeddingsByRule(
  main: EmbeddingCodec,
  run: EmbeddingCodec,
  rules: readonly RunRule[] = [],
): EmbeddingCodec {
  return {
    ...choosing(main, chooser(main, run, rules)),
    withModelRules: (more) => embeddingsByRule(main, run, [...rules, ...more]),
  };
}

function chooser<T>(main: T, run: T, rules: readonly RunRule[]): (model: string) => T {
  const known = rulesForModel<{ run: boolean }>({ run: false }, rules);
  return (model) => known(model).run ? run : main;
}

/** What stands beside its version: all that isn't an imitation of OpenAI's. */
const BESIDE = /^\/(?:run|models|finetunes|tomarkdown)(?:\/|$)/;

/** A model's name alone means that it is run, as Cloudflare's gateway has it. */
function workersAiAddress({ base, path }: NativeCall): NativeAddress | undefined {
  if (base === undefined) return undefined;
  const way = /^\/(?:@|%40)/i.test(path) ? `/run${path}` : path;
  if (!BESIDE.test(way)) return joinedAddress(base, way);
  const url = withoutVersion(base) + way;
  return { url, model: /^\/run\/+(.+?)\/*$/.exec(decodedPath(way) ?? "")?.[1] ?? null };
}
