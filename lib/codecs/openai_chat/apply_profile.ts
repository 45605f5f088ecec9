import { onceForModel } from "../../chat/rules_for_model.ts";
import type {
  CallIdForm,
  DefaultValue,
  Deviations,
  OpenAIChatProfile,
  ValueTable,
} from "./profile.ts";

type Entries<T> = readonly (readonly [param: string, rule: T])[];
type Tables = "values" | "ranges" | "defaults" | "conflicts";

/** What applies to one model: the profile with the rules of that model laid over it, tables as lists. */
export interface AppliedProfile
  extends Omit<OpenAIChatProfile, "accepts" | "drops" | "callIds" | Tables> {
  path: string;
  accepts?: ReadonlySet<string>;
  drops: readonly string[];
  renames: Entries<string>;
  values: Entries<ValueTable>;
  ranges: Entries<readonly [number, number]>;
  defaults: Entries<DefaultValue>;
  conflicts: NonNullable<OpenAIChatProfile["conflicts"]>;
  callIds: AppliedCallIds;
  /** Whether any rule concerns the conversation. */
  rewritesMessages: boolean;
}

const MESSAGE_RULES = [
  "roles",
  "members",
  "parts",
  "flatten",
  "emptyContent",
  "reasoning",
  "reasoningRequired",
  "order",
  "prefix",
] as const;

/** Which ids are valid, and how others are made. */
export interface AppliedCallIds extends Omit<CallIdForm, "valid"> {
  isValid(id: string): boolean;
}

/** OpenAI's own: a longer id is refused there, and no provider is known to need one. */
const CALL_IDS: CallIdForm = { prefix: "call_", length: 14 };

const LONGEST_ID = 40;

/** Gives what applies to a model; worked out once for each. */
export function profileReader(profile: OpenAIChatProfile): (model: string) => AppliedProfile {
  const rules = (profile.models ?? []).map((rule) => ({ rule, pattern: new RegExp(rule.match) }));
  return onceForModel((model) => {
    const matching = rules.filter(({ pattern }) => pattern.test(model));
    return complete(
      matching.reduce<OpenAIChatProfile>((merged, { rule }) => lay(merged, rule), profile),
    );
  });
}

/** Lists add up, tables are merged, everything else is replaced; what a rule accepts is no longer dropped. */
function lay(under: OpenAIChatProfile, over: Deviations): OpenAIChatProfile {
  const { accepts = [], drops = [], ...rest } = over;
  const allowed = under.accepts?.filter((each) => !drops.includes(each));
  return {
    ...under,
    ...rest,
    ...(allowed !== undefined && { accepts: [...allowed, ...accepts] }),
    drops: [...(under.drops ?? []).filter((each) => !accepts.includes(each)), ...drops],
    rename: { ...under.rename, ...over.rename },
    values: { ...under.values, ...over.values },
    ranges: { ...under.ranges, ...over.ranges },
    defaults: { ...under.defaults, ...over.defaults },
    conflicts: [...under.conflicts ?? [], ...over.conflicts ?? []],
  };
}

function complete(profile: OpenAIChatProfile): AppliedProfile {
  const { accepts, drops = [], conflicts = [], callIds = CALL_IDS, chatPath, ...rest } = profile;
  const { rename = {}, values = {}, ranges = {}, defaults = {} } = profile;
  const valid = callIds.valid === undefined ? undefined : new RegExp(callIds.valid);
  return {
    ...rest,
    path: chatPath ?? "/chat/completions",
    ...(accepts !== undefined && { accepts: new Set(accepts) }),
    drops: [...new Set(drops)],
    conflicts,
    renames: Object.entries(rename),
    values: Object.entries(values),
    ranges: Object.entries(ranges),
    defaults: Object.entries(defaults),
    callIds: { ...callIds, isValid: (id) => valid?.test(id) ?? id.length <= LONGEST_ID },
    rewritesMessages: MESSAGE_RULES.some((rule) => profile[rule] !== undefined),
  };
}
