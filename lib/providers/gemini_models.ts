/**
 * What depends on the model, among Google's. Models come and go monthly, so this is data, and the option
 * `modelRules` adds to it: a rule holds for the models whose name its pattern finds, and the last one wins.
 * What no rule knows is taken for the newest kind.
 */
import type { GeminiCapabilities, GeminiModelRule } from "../codecs/gemini_generate/mod.ts";

/** Levels that Gemini 3 and later take. https://ai.google.dev/gemini-api/docs/thinking#thinking-levels */
const LEVELS = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  "*": "HIGH",
} as const;

/** Budgets in tokens, as Google's OpenAI-compatible endpoint chooses them; the largest is the model's own. */
const budgets = (none: number, most: number) => ({
  none,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  "*": most,
});

/** Gemini 3 and whatever comes after it. */
export const NEWEST_GEMINI: GeminiCapabilities = {
  efforts: LEVELS,
  jsonSchema: true,
  formatWithTools: true,
  builtinWithTools: true,
  validated: true,
  mediaInResults: true,
  partDetail: true,
  signatures: true,
};

/** Gemini 2.5: thinks within a budget, and never signs what must come back. */
const GEMINI_2_5: GeminiCapabilities = {
  efforts: budgets(0, 24_576),
  formatWithTools: false,
  builtinWithTools: false,
  mediaInResults: false,
  partDetail: false,
  signatures: false,
};

/** 2.0 and older, and Google's open models. */
const OLD: GeminiCapabilities = {
  ...GEMINI_2_5,
  efforts: {},
  jsonSchema: false,
  validated: false,
};

/** Finds the names of 2.0 and older. */
export const OLD_GEMINI = "gemini-(1|2\\.0|exp|pro$|pro-vision)|learnlm|aqa";

/** What holds on both platforms. */
export const GEMINI_MODELS: readonly GeminiModelRule[] = [
  // Only Pro models before 3.1 know no more than two levels.
  { match: "gemini-3-pro", efforts: { ...LEVELS, none: "LOW", minimal: "LOW", medium: "HIGH" } },
  {
    match: "gemini-(3\\.\\d+-pro|pro-latest)",
    efforts: { ...LEVELS, none: "LOW", minimal: "LOW" },
  },
  {
    match: "gemini-(3\\.7-flash|flash-latest)",
    efforts: { ...LEVELS, none: "LOW", minimal: "LOW" },
  },
  { match: "gemini-2\\.5", ...GEMINI_2_5 },
  { match: "gemini-2\\.5-pro", efforts: budgets(128, 32_768) },
  { match: "gemini-2\\.5-flash-lite", drops: ["frequency_penalty", "presence_penalty"] },
  { match: "gemini-(3.*preview)", drops: ["frequency_penalty", "presence_penalty"] },
  { match: OLD_GEMINI, ...OLD },
  { match: "gemma", ...OLD, system: false },
  // Models that draw or speak answer in their own kind and do not think aloud.
  { match: "-(image|tts)", efforts: {} },
];
