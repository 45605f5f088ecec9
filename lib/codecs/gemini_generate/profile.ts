/** What differs between Google's two platforms and among their models. A profile is data. */
import type { CapabilityKind } from "../../chat/codec.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "gemini_generate";

/** What may hold for some models only. */
export interface GeminiCapabilities {
  /** By `reasoning_effort`: the `thinkingLevel` (text) or `thinkingBudget` (number) it becomes. Empty: it cannot be told. */
  efforts?: Readonly<Record<string, string | number>>;
  /** Takes JSON Schema as it is, in `responseJsonSchema` and `parametersJsonSchema`; else only OpenAPI's subset. */
  jsonSchema?: boolean;
  /** Takes a format of the output beside functions. */
  formatWithTools?: boolean;
  /** Takes Google's own tools beside functions. */
  builtinWithTools?: boolean;
  /** Keeps to the schemas of functions when asked to: the mode `VALIDATED`. */
  validated?: boolean;
  /** Takes a system instruction; else it is told in the first turn. */
  system?: boolean;
  /** Takes media inside results of functions. */
  mediaInResults?: boolean;
  /** Takes the detail in which it looks at a picture with the picture itself. */
  partDetail?: boolean;
  /** Gets media from any https address; default `true`. Else only from Google's own places. */
  webMedia?: boolean;
  /** Refuses calls in a conversation that come back without their signatures. */
  signatures?: boolean;
  /** Parameters it refuses, by OpenAI's names: left out and reported. */
  drops?: readonly string[];
}

/** Capabilities of the models whose name the pattern finds; of several rules the last one counts. */
export interface GeminiModelRule extends GeminiCapabilities {
  /** Source of a regular expression. */
  match: string;
}

/** A platform that speaks this protocol. */
export interface GeminiProfile extends GeminiCapabilities {
  /** Put before a model's name, where the name is no path of its own: `models/`. */
  modelPrefix: string;
  /** Whose models these are, where a name may begin with it: `google/`. */
  publisher?: string;
  /** Takes ids on calls and results. */
  callIds: boolean;
  /** Top-level members beside those that both platforms take: `serviceTier`, `labels`. */
  takes: readonly string[];
  /** Takes the name of a file beside its bytes. */
  displayNames?: boolean;
  /** Files uploaded before have this address, and their id after it. */
  filesUrl?: string;
  /** What holds for some models only. */
  models?: readonly GeminiModelRule[];
}

/** Kinds of the members of {@linkcode GeminiCapabilities}, for checking rules that people write. */
export const CAPABILITIES: Readonly<Record<keyof GeminiCapabilities, CapabilityKind>> = {
  efforts: "object",
  jsonSchema: "flag",
  formatWithTools: "flag",
  builtinWithTools: "flag",
  validated: "flag",
  system: "flag",
  mediaInResults: "flag",
  partDetail: "flag",
  webMedia: "flag",
  signatures: "flag",
  drops: "list",
};
