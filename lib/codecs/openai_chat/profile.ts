/**
 * What a provider that speaks this protocol does otherwise than OpenAI. A profile is data: codecs read
 * it, providers declare it.
 */

/** A top-level request parameter that goes by another name. */
export interface ParameterRename {
  from: string;
  to: string;
  /** Source of a regular expression: only models whose name it finds. Absent: all of them. */
  models?: string;
}

/** The declared deviations of a provider from OpenAI's own chat completions. */
export interface OpenAIChatProfile {
  /** OpenAI itself: its answers need no repair, so their bytes pass untouched. */
  faithful?: boolean;
  rename?: ParameterRename[];
  /** Top-level parameters the provider ignores or refuses: not sent, and reported. */
  ignored?: string[];
  /** Below the base URL; default `/chat/completions`. */
  chatPath?: string;
  /** Whether `stream_options.include_usage` may be sent; default `true`. */
  asksUsage?: boolean;
}

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "openai_chat";

/** What applies to one model, with renames already chosen. */
export interface AppliedProfile {
  path: string;
  renames: ParameterRename[];
  ignored: string[];
  asksUsage: boolean;
}

/** Chooses what of a profile concerns `model`. */
export function applyProfile(profile: OpenAIChatProfile, model: string): AppliedProfile {
  return {
    path: profile.chatPath ?? "/chat/completions",
    renames: (profile.rename ?? []).filter(({ models }) =>
      models === undefined || patternOf(models).test(model)
    ),
    ignored: profile.ignored ?? [],
    asksUsage: profile.asksUsage ?? true,
  };
}

const patterns = new Map<string, RegExp>();

/** Profiles are few and never change, so each pattern is compiled once. */
function patternOf(source: string): RegExp {
  const pattern = patterns.get(source) ?? new RegExp(source);
  patterns.set(source, pattern);
  return pattern;
}

/**
 * Which of two parameters that mean the same counts when a request has both: the newer of the two token
 * limits, otherwise the one that is about to be renamed.
 */
export function winningName({ from, to }: ParameterRename): string {
  return to === "max_completion_tokens" ? to : from;
}
