/** What the vendors' documentation says a request becomes, one provider after the other. */
import { words } from "../../support/accents/rules.ts";
import type { Json } from "../../support/scripted_upstream.ts";

/** Nearly everything OpenAI takes, in one request. */
export const SINK = {
  frequency_penalty: 0.1,
  logit_bias: { "50": 1 },
  logprobs: true,
  max_completion_tokens: 64,
  metadata: { team: "ferry" },
  prediction: { type: "content" as const, content: "Good" },
  presence_penalty: 0.2,
  prompt_cache_key: "k-1",
  safety_identifier: "s-1",
  seed: 7,
  service_tier: "default" as const,
  stop: ["END"],
  store: true,
  temperature: 0.5,
  top_logprobs: 2,
  top_p: 0.9,
  user: "u-1",
  verbosity: "low" as const,
};

export interface Expected {
  /** Parameters of the sink that are lost, each with a warning. */
  lost: string[];
  /** How others arrive. */
  arrives: Json;
  /** Names that must not arrive, because they arrive under another. */
  renamed?: string[];
}

/** Parameters that arrive as they were sent. */
const same = (names: string): Json =>
  Object.fromEntries(words(names).map((name) => [name, Reflect.get(SINK, name)]));

/** The token limit under its older name. */
const renamed = ["max_completion_tokens"];
const limit = { max_tokens: SINK.max_completion_tokens };

export const EXPECTED: Record<string, Expected> = {
  groq: {
    lost: words(
      `frequency_penalty logit_bias logprobs metadata prediction presence_penalty prompt_cache_key
      safety_identifier store top_logprobs verbosity`,
    ),
    arrives: {
      ...same("max_completion_tokens seed stop temperature top_p"),
      service_tier: "on_demand",
    },
  },
  mistral: {
    lost: words(
      "logit_bias logprobs safety_identifier service_tier store top_logprobs user verbosity",
    ),
    renamed: [...renamed, "seed"],
    arrives: {
      ...same(
        "frequency_penalty metadata prediction presence_penalty prompt_cache_key stop temperature",
      ),
      ...same("top_p"),
      ...limit,
      random_seed: 7,
    },
  },
  "perplexity-ai": {
    lost: words("logit_bias metadata seed service_tier stop store user"),
    renamed,
    arrives: { ...same("frequency_penalty presence_penalty temperature top_p"), ...limit },
  },
  grok: {
    lost: words("frequency_penalty logit_bias presence_penalty stop"),
    arrives: same("max_completion_tokens seed service_tier temperature top_p user"),
  },
  deepseek: {
    lost: words("logit_bias metadata prediction seed service_tier store user"),
    renamed,
    arrives: { ...same("stop"), ...limit },
  },
  cerebras: {
    lost: words("metadata safety_identifier store verbosity"),
    arrives: same(
      `frequency_penalty logit_bias logprobs max_completion_tokens prediction presence_penalty
      prompt_cache_key seed service_tier stop temperature top_logprobs top_p user`,
    ),
  },
  baseten: {
    lost: [],
    renamed,
    arrives: {
      ...same("frequency_penalty logit_bias logprobs presence_penalty seed stop temperature"),
      ...same("top_logprobs top_p user"),
      ...limit,
    },
  },
  parallel: {
    lost: words(
      `frequency_penalty logit_bias logprobs max_completion_tokens metadata prediction
      presence_penalty seed service_tier stop store temperature top_logprobs top_p user`,
    ),
    arrives: {},
  },
  "workers-ai": {
    lost: words("logit_bias logprobs metadata user"),
    renamed,
    arrives: { ...same("frequency_penalty presence_penalty seed temperature top_p"), ...limit },
  },
  openrouter: {
    lost: [],
    arrives: same(
      `frequency_penalty logit_bias logprobs presence_penalty seed stop temperature top_logprobs
      top_p user verbosity`,
    ),
  },
  together: {
    lost: words("metadata service_tier store user"),
    renamed: [...renamed, "top_logprobs"],
    arrives: {
      ...same("frequency_penalty logit_bias presence_penalty seed stop temperature top_p"),
      ...limit,
      logprobs: 2,
    },
  },
  fireworks: {
    lost: words("metadata store verbosity"),
    renamed,
    arrives: {
      ...same("frequency_penalty logit_bias logprobs presence_penalty prompt_cache_key seed stop"),
      ...same("temperature top_p user"),
      ...limit,
    },
  },
  huggingface: {
    lost: [],
    renamed,
    arrives: { ...same("frequency_penalty presence_penalty stop temperature top_p"), ...limit },
  },
};
