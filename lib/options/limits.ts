/** From limits as written to limits as requests meet them. */
import * as v from "valibot";
import { nearest } from "../nearest.ts";
import type { Divider, Limit, LimitMatch } from "../policy/limits/limit.ts";
import { ALIASES } from "../providers/registry.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { canonicalModel } from "./canonical_model.ts";
import { type Fault, pathText, show } from "./fault.ts";
import { providerFault } from "./provider_fault.ts";
import { byName, exactObject, listOf, oneOf, shown, text, wholeNumber } from "./shapes.ts";
import { modelFault } from "./texts.ts";

const YEAR = 31_536_000;
/** Beyond them sums would lose their last digits: money is counted in millionths of a dollar. */
const MOST = 1_000_000_000_000;
const MOST_DOLLARS = 1_000_000_000;
const MINUTE = 60;
const DAY = 86_400;

const DIVIDERS = ["gateway", "key", "provider", "model"];
const by = v.custom<Divider>(
  (input) => DIVIDERS.includes(input as string) || /^metadata\.(?!cf\.)./.test(String(input)),
  ({ input }) => {
    const meant = typeof input === "string" ? nearest(input, DIVIDERS) : undefined;
    const hint = meant === undefined ? "" : ` (did you mean "${meant}"?)`;
    return `must be "${DIVIDERS.join('", "')}" or "metadata.<name>", got ${show(input)}${hint}`;
  },
);
const amount = shown<number>(
  (value) => typeof value === "number" && value > 0 && value <= MOST,
  `a number above 0, up to ${MOST}`,
);
const said = shown<string | number | boolean>(
  (value) => ["string", "boolean"].includes(typeof value) || Number.isFinite(value),
  "a text, a number, true or false",
);
const match = exactObject({
  provider: v.optional(text("a provider's slug", () => undefined)),
  model: v.optional(text("a model's name", modelFault)),
  metadata: v.optional(byName(said, () => undefined)),
});
const shared = {
  limit: amount,
  per: v.optional(wholeNumber(1, YEAR, "seconds")),
  by: v.optional(by),
  technique: v.optional(oneOf("fixed", "sliding")),
  match: v.optional(match),
  onStoreTrouble: v.optional(oneOf("open", "closed")),
  unknownPrice: v.optional(oneOf("refuse", "allow")),
};
const limit = exactObject({ of: oneOf("requests", "tokens", "cost", "concurrency"), ...shared });
const spendLimit = exactObject({ of: v.optional(oneOf("cost"), "cost"), ...shared });

/** The options of a gateway, and of an access key, that say how much may be used. */
export const limitEntries = {
  limits: v.optional(listOf(limit, "limits")),
  spendLimits: v.optional(listOf(spendLimit, "limits")),
};

type WrittenLimit = v.InferOutput<typeof limit> | v.InferOutput<typeof spendLimit>;

/** A gateway's limits, or an access key's, as written. */
export interface WrittenLimits {
  limits?: readonly WrittenLimit[] | undefined;
  spendLimits?: readonly WrittenLimit[] | undefined;
}

/** What limits are read in. */
export interface LimitContext {
  hash: (text: string) => string;
  /** The providers that can be called. */
  providers: ReadonlyMap<string, ConfiguredProvider>;
  /** Every way to write one of them. */
  slugs: ReadonlySet<string>;
  faults: Fault[];
}

/** Whose limits they are: `by` is what tells requests apart where nothing is written. */
export interface LimitOwner {
  /** Unique among all that have limits, and the same whenever the gateway starts. */
  name: string;
  by: Divider;
  path: readonly PropertyKey[];
}

/** Reads the limits of a gateway, or an access key, and pushes what is wrong with them. */
export function readLimits(
  { limits = [], spendLimits = [] }: WrittenLimits,
  owner: LimitOwner,
  context: LimitContext,
): Limit[] {
  const read = [
    ...limits.map((each, at) => readLimit(each, "limits", at, owner, context)),
    ...spendLimits.map((each, at) => readLimit(each, "spendLimits", at, owner, context)),
  ];
  for (const [at, later] of read.entries()) {
    const first = read.slice(0, at).find(({ limit: { key } }) => key === later.limit.key);
    if (first === undefined) continue;
    const problem = `counts the same as ${pathText(first.path.slice(owner.path.length))}: drop one`;
    context.faults.push({ path: later.path, problem });
  }
  return read.map(({ limit }) => limit);
}

function readLimit(
  written: WrittenLimit,
  list: "limits" | "spendLimits",
  at: number,
  owner: LimitOwner,
  context: LimitContext,
): { limit: Limit; path: readonly PropertyKey[] } {
  const path = [...owner.path, list, at];
  const { of, limit, by = owner.by } = written;
  const spends = list === "spendLimits";
  const costs = of === "cost";
  checkTogether(written, path, context.faults);
  const { per = costs ? DAY : MINUTE, technique = "fixed" } = written;
  const window = of === "concurrency" ? undefined : { length: 1000 * per, technique };
  const match = readMatch(written.match ?? {}, [...path, "match"], context);
  const counts = [spends, window, match];
  const digest = context.hash(JSON.stringify(counts)).slice(0, 16);
  return {
    path,
    limit: {
      of,
      most: costs ? Math.ceil(limit * 1e6) : limit,
      ...(window !== undefined && { window }),
      by,
      match,
      spends,
      unknownPrice: written.unknownPrice ?? "refuse",
      onStoreTrouble: written.onStoreTrouble ?? (costs ? "closed" : "open"),
      place: pathText(path),
      key: `limit:${owner.name}:${of}:${by}:${digest}`,
    },
  };
}

/** What means nothing beside what else is written. */
function checkTogether(written: WrittenLimit, path: readonly PropertyKey[], faults: Fault[]): void {
  const { of, limit } = written;
  const push = (name: string, problem: string) => faults.push({ path: [...path, name], problem });
  if (of !== "cost") {
    if (!Number.isInteger(limit)) push("limit", `must be a whole number of ${of}, got ${limit}`);
    if (written.unknownPrice !== undefined) {
      push("unknownPrice", `means nothing beside of: "${of}", which costs no money`);
    }
  }
  if (of === "cost" && limit > MOST_DOLLARS) {
    push("limit", `must be a number of dollars up to ${MOST_DOLLARS}, got ${limit}`);
  }
  if (of !== "concurrency") return;
  for (const name of ["per", "technique"] as const) {
    if (written[name] === undefined) continue;
    push(name, 'means nothing beside of: "concurrency", which counts what runs at the same time');
  }
}

function readMatch(
  { provider, model, metadata }: NonNullable<WrittenLimit["match"]>,
  path: readonly PropertyKey[],
  context: LimitContext,
): LimitMatch {
  const { slugs, faults } = context;
  const fault = provider === undefined ? undefined : slugFault(provider, slugs);
  if (fault !== undefined) faults.push({ path: [...path, "provider"], problem: fault });
  const pattern = model === undefined ? undefined : readPattern(model, provider, context);
  if (pattern?.problem !== undefined) {
    faults.push({ path: [...path, "model"], problem: pattern.problem });
  }
  return {
    ...(provider !== undefined && { provider }),
    ...(pattern !== undefined && { model: pattern.pieces }),
    ...(metadata !== undefined && {
      metadata: metadata.map(([name, value]) => [name, String(value)] as const),
    }),
  };
}

function slugFault(slug: string, slugs: ReadonlySet<string>): string | undefined {
  const canonical = ALIASES.get(slug);
  if (canonical !== undefined) return `is a short name for model names only: write ${canonical}`;
  return providerFault(slug, slugs);
}

/** The pieces between the stars of `provider/model`, under the provider's own slug, and what is wrong with it. */
function readPattern(
  name: string,
  provider: string | undefined,
  { providers, slugs }: LimitContext,
): { pieces: readonly string[]; problem?: string } {
  const [prefix = "", ...rest] = name.split("/");
  if (prefix.includes("*")) return { pieces: name.split("*") };
  const { slug, model, problem: vague } = canonicalModel(prefix, rest.join("/"), providers);
  const pieces = `${slug}/${model}`.split("*");
  if (rest.join("/") === "") {
    return {
      pieces,
      problem: `must be provider/model, in which * stands for any text, got "${name}"`,
    };
  }
  const problem = providerFault(prefix, slugs) ?? vague;
  if (problem !== undefined) return { pieces, problem };
  if (provider === undefined || provider === slug) return { pieces };
  return { pieces, problem: `is at another provider than "${provider}", so nothing ever matches` };
}
