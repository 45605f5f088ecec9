/**
 * What a provider that speaks this protocol does otherwise than OpenAI. A profile is data: codecs read
 * it, providers declare it. Parameters go by OpenAI's names unless a member says otherwise.
 */

import type { CapabilityKind } from "../../chat/codec.ts";

/** The protocol's name: the key of everything it keeps in `extensions`. */
export const PROTOCOL = "openai_chat";

/**
 * What becomes of a parameter's values: the provider's word, members sent in its place, or `null` for a
 * value that can't be had. `*` stands for every value that is not listed; without it those are sent as
 * they are.
 */
export type ValueTable = Readonly<
  Record<string, string | null | Readonly<Record<string, unknown>>>
>;

/**
 * How a kind of content part is written: as it is; pictures only as `data:` URIs; or, for what OpenAI
 * calls `file` and `input_audio`, in the form the provider has instead.
 */
export type PartForm = "same" | "data_only" | "document_url" | "file_url" | "audio_text";

/**
 * How a JSON schema for the answer is asked for: as OpenAI does (`envelope`), with nothing but the schema
 * in the envelope, the schema alone, as `json_object` with the schema told to the model, or only told.
 */
export type SchemaForm = "envelope" | "schema_only" | "bare" | "json_object" | "told";

/** The name and form that ids of tool calls must have; others are replaced by a digest. */
export interface CallIdForm {
  /** Source of a regular expression that finds valid ids; default: those of at most 40 characters. */
  valid?: string;
  /** What made ids begin with. */
  prefix: string;
  /** Letters and digits after the prefix, at most 14. */
  length: number;
}

/** A value for a parameter the caller does not give. */
export interface DefaultValue {
  /** What is sent. */
  value: unknown;
  /** Another parameter that stands in its place. */
  unless?: string;
}

/** Deviations that may also hold for some of a provider's models only. */
export interface Deviations {
  /** The only top-level parameters it takes, by its own names. In a model's rule: these too. */
  accepts?: readonly string[];
  /** Parameters it refuses, or takes without effect: left out and reported. */
  drops?: readonly string[];
  /** Refuses `null` and empty lists, which OpenAI takes for absent. */
  refusesEmpty?: boolean;
  /** Parameters that go by another name. */
  rename?: Readonly<Record<string, string>>;
  /** Parameters whose values go by other words. */
  values?: Readonly<Record<string, ValueTable>>;
  /** Smallest and largest number, or length of a list. */
  ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Sent where the caller gives neither the parameter nor the one that stands in its place. */
  defaults?: Readonly<Record<string, DefaultValue>>;
  /** Parameters that can't stand beside a value of another one. */
  conflicts?: readonly { drop: string; beside: string; value: unknown }[];
  /** Other names of roles; `tool` may become `user`, its result told in words. */
  roles?: Readonly<Record<string, string>>;
  /** By role, the members a message may have besides `role` and `content`. */
  members?: Readonly<Record<string, readonly string[]>>;
  /** By type, the content parts it takes. */
  parts?: Readonly<Record<string, PartForm>>;
  /** Takes the address of a file where its data stands; default `true`. */
  fileUrls?: boolean;
  /** Roles whose content is a string: lists of text are joined. */
  flatten?: readonly string[];
  /** An assistant's missing content is written as `""`: always, or unless the message calls tools. */
  emptyContent?: "always" | "without_calls";
  /** The name under which an assistant's earlier reasoning is sent; `none`: it is left out. */
  reasoning?: string;
  /** Refuses messages with what others put there: thoughts, signatures of calls, a client's reading of them. */
  refusesForeign?: boolean;
  /** In a conversation with tool calls every assistant's message must have its reasoning, at least `""`. */
  reasoningRequired?: boolean;
  /** What the order of messages must be; `alternating`: system first, then user and assistant in turn. */
  order?: "alternating" | "no_user_after_tool";
  /** The member that marks a last message of the assistant as one to be continued. */
  prefix?: string;
  /** Tools have nothing but a function, whose parameters are always there. */
  plainTools?: boolean;
  /** Takes tools of the type `custom`; default `true`. */
  customTools?: boolean;
  /** Takes `strict` on functions: always, on all of them or none, or never. Default: always. */
  strictTools?: "always" | "alike" | "never";
  /** Which ids of tool calls it accepts; default: any of at most 40 characters. */
  callIds?: CallIdForm;
  /** How it is asked to keep to a JSON schema; default: as the caller wrote it. */
  schema?: SchemaForm;
  /** Keywords it refuses in the schema of a format; told in descriptions instead. */
  schemaLacks?: readonly string[];
  /** Takes `{"type": "json_object"}`; default `true`. */
  jsonObject?: boolean;
  /** Keeps to a format in streams too; default `true`. */
  jsonStreams?: boolean;
}

/** Deviations of the models whose name the pattern finds; of several rules the last one counts. */
export interface ModelDeviations extends Deviations {
  /** Source of a regular expression. */
  match: string;
}

/** The declared deviations of a provider from OpenAI's own chat completions. */
export interface OpenAIChatProfile extends Deviations {
  /** OpenAI itself: its answers need no repair, so their bytes pass untouched. */
  faithful?: boolean;
  /** Below the base URL; default `/chat/completions`. */
  chatPath?: string;
  /** Whether `stream_options.include_usage` may be sent; default `true`. */
  asksUsage?: boolean;
  /** `logprobs` is the number of alternatives, as in OpenAI's older completions. */
  countedLogprobs?: boolean;
  /** Takes `stop` as a list only. */
  stopList?: boolean;
  /** `web_search_options.user_location` holds the place itself, without `approximate`. */
  flatLocation?: boolean;
  /** Answers may begin with `<think>…</think>`, which is reasoning. */
  thinkTags?: boolean;
  /** Members of answers, chunks and choices that mean nothing: padding. */
  noise?: readonly string[];
  /** What holds for some models only. */
  models?: readonly ModelDeviations[];
}

/** Kinds of the members of {@linkcode Deviations}, for checking rules that people write. */
export const CAPABILITIES: Readonly<Record<keyof Deviations, CapabilityKind>> = {
  accepts: "list",
  drops: "list",
  refusesEmpty: "flag",
  rename: "object",
  values: "object",
  ranges: "object",
  defaults: "object",
  conflicts: "list",
  roles: "object",
  members: "object",
  parts: "object",
  fileUrls: "flag",
  flatten: "list",
  emptyContent: "text",
  reasoning: "text",
  refusesForeign: "flag",
  reasoningRequired: "flag",
  order: "text",
  prefix: "text",
  plainTools: "flag",
  customTools: "flag",
  strictTools: "text",
  callIds: "object",
  schema: "text",
  schemaLacks: "list",
  jsonObject: "flag",
  jsonStreams: "flag",
};
