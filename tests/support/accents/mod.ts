/** Every imitated provider. */
import type { Accent } from "./accent.ts";
import { baseten } from "./baseten.ts";
import { cerebras } from "./cerebras.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { grok } from "./grok.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { mistral } from "./mistral.ts";
import { openrouter } from "./openrouter.ts";
import { parallel } from "./parallel.ts";
import { perplexity } from "./perplexity.ts";
import { together } from "./together.ts";
import { workersAi } from "./workers_ai.ts";

export const ACCENTS: readonly Accent[] = [
  groq,
  mistral,
  perplexity,
  grok,
  deepseek,
  cerebras,
  baseten,
  parallel,
  workersAi,
  openrouter,
  together,
  fireworks,
  huggingface,
];
