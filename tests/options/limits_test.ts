/** Limits as people write them: what is wrong is named with its path. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { test } from "node:test";
import type { LimitOption, SpendLimitOption } from "../../lib/options/limit_options.ts";
import { faultsOf, settingsOf } from "./support.ts";

const gateway = (limits: unknown, spendLimits?: unknown) => ({
  gateways: { default: { open: true, limits, spendLimits } },
});
const limit = (more: object) => gateway([{ of: "requests", limit: 1, ...more }]);
const read = (limits: LimitOption[], spendLimits?: SpendLimitOption[]) =>
  settingsOf(gateway(limits, spendLimits)).gateways.get("default")!.limits;

const AT = "gateways.default.limits[0]";

const WRONG: [written: object, faults: string[]][] = [
  [gateway([]), ["gateways.default.limits is empty: list limits, or leave it out"]],
  [gateway({}), ["gateways.default.limits must be a list of limits, got an object"]],
  [gateway([{ limit: 1 }]), [`${AT}.of is missing`]],
  [gateway([{ of: "requests" }]), [`${AT}.limit is missing`]],
  [limit({ of: "request" }), [
    `${AT}.of must be "requests", "tokens", "cost" or "concurrency", got "request"`,
  ]],
  [limit({ limit: 0 }), [`${AT}.limit must be a number above 0, up to 1000000000000, got 0`]],
  [limit({ limit: -1 }), [`${AT}.limit must be a number above 0, up to 1000000000000, got -1`]],
  [limit({ limit: Infinity }), [
    `${AT}.limit must be a number above 0, up to 1000000000000, got Infinity`,
  ]],
  [limit({ limit: NaN }), [`${AT}.limit must be a number above 0, up to 1000000000000, got NaN`]],
  [limit({ limit: "10" }), [`${AT}.limit must be a number above 0, up to 1000000000000, got "10"`]],
  [limit({ limit: 1.5 }), [`${AT}.limit must be a whole number of requests, got 1.5`]],
  [limit({ of: "tokens", limit: 0.5 }), [
    `${AT}.limit must be a whole number of tokens, got 0.5`,
  ]],
  [limit({ per: 0 }), [`${AT}.per must be a whole number of seconds from 1 to 31536000, got 0`]],
  [limit({ per: "1m" }), [
    `${AT}.per must be a whole number of seconds from 1 to 31536000, got "1m"`,
  ]],
  [limit({ by: "user" }), [
    `${AT}.by must be "gateway", "key", "provider", "model" or "metadata.<name>", got "user"`,
  ]],
  [limit({ by: "modle" }), [
    `${AT}.by must be "gateway", "key", "provider", "model" or "metadata.<name>", got "modle" (did you mean "model"?)`,
  ]],
  [limit({ by: "metadata." }), [
    `${AT}.by must be "gateway", "key", "provider", "model" or "metadata.<name>", got "metadata."`,
  ]],
  [limit({ technique: "leaky" }), [
    `${AT}.technique must be "fixed" or "sliding", got "leaky"`,
  ]],
  [limit({ window: 60 }), [
    `${AT}.window is not an option (here are: of, limit, per, by, technique, match, onStoreTrouble, unknownPrice)`,
  ]],
  [limit({ onStoreTrouble: "fail" }), [
    `${AT}.onStoreTrouble must be "open" or "closed", got "fail"`,
  ]],
  [limit({ unknownPrice: "allow" }), [
    `${AT}.unknownPrice means nothing beside of: "requests", which costs no money`,
  ]],
  [limit({ of: "concurrency", per: 60, technique: "fixed" }), [
    `${AT}.per means nothing beside of: "concurrency", which counts what runs at the same time`,
    `${AT}.technique means nothing beside of: "concurrency", which counts what runs at the same time`,
  ]],
  [limit({ match: { provider: "opnai" } }), [
    `${AT}.match.provider names the provider "opnai", which is not known (did you mean "openai"?)`,
  ]],
  [limit({ match: { provider: "google" } }), [
    `${AT}.match.provider is a short name for model names only: write google-ai-studio`,
  ]],
  [limit({ match: { model: "gpt-5" } }), [
    `${AT}.match.model must be provider/model, in which * stands for any text, got "gpt-5"`,
  ]],
  [limit({ match: { model: "opnai/gpt-5" } }), [
    `${AT}.match.model names the provider "opnai", which is not known (did you mean "openai"?)`,
  ]],
  [limit({ match: { provider: "groq", model: "openai/gpt-5" } }), [
    `${AT}.match.model is at another provider than "groq", so nothing ever matches`,
  ]],
  [limit({ match: { metadata: { plan: ["free"] } } }), [
    `${AT}.match.metadata.plan must be a text, a number, true or false, got a list`,
  ]],
  [limit({ match: { key: "ci" } }), [
    `${AT}.match.key is not an option (here are: provider, model, metadata)`,
  ]],
  [
    gateway([
      { of: "requests", limit: 1 },
      { of: "tokens", limit: 1 },
      { of: "requests", limit: 2, per: 60, by: "gateway", technique: "fixed" },
    ]),
    ["gateways.default.limits[2] counts the same as limits[0]: drop one"],
  ],
  [gateway(undefined, [{ limit: 2e9 }]), [
    "gateways.default.spendLimits[0].limit must be a number of dollars up to 1000000000, got 2000000000",
  ]],
  [gateway(undefined, [{ of: "tokens", limit: 1 }]), [
    'gateways.default.spendLimits[0].of must be "cost", got "tokens"',
  ]],
  [
    {
      gateways: {
        default: {
          accessKeys: [{ name: "ci", key: "ak-1", limits: [{ of: "requests", limit: -1 }] }],
        },
      },
    },
    [
      "gateways.default.accessKeys[0].limits[0].limit must be a number above 0, up to 1000000000000, got -1",
    ],
  ],
];

test("every fault of a limit is named with its path and what would be right", () => {
  for (const [written, faults] of WRONG) assertEquals(faultsOf(written), faults);
});

test("a limit's window is a minute, and a day where money is counted", () => {
  const [requests, cost, concurrency, spend] = read(
    [{ of: "requests", limit: 5 }, { of: "cost", limit: 5 }, { of: "concurrency", limit: 5 }],
    [{ limit: 0.0000015 }],
  );
  assertEquals(requests!.window, { length: 60_000, technique: "fixed" });
  assertEquals(cost!.window, { length: 86_400_000, technique: "fixed" });
  assertEquals(concurrency!.window, undefined);
  assertEquals([spend!.of, spend!.most, spend!.spends], ["cost", 2, true]);
});

test("limits without the store are open, and closed where money is counted", () => {
  const limits = read([
    { of: "requests", limit: 5 },
    { of: "cost", limit: 5 },
    { of: "tokens", limit: 5, onStoreTrouble: "closed" },
  ], [{ limit: 5, onStoreTrouble: "open" }]);
  assertEquals(limits.map(({ onStoreTrouble }) => onStoreTrouble), [
    "open",
    "closed",
    "closed",
    "open",
  ]);
});

test("a limit that is raised goes on counting where it was, and any other one begins anew", () => {
  const keyOf = (more: Partial<LimitOption>) =>
    read([{ of: "requests", limit: 5, ...more } as LimitOption])[0]!.key;
  assertEquals(keyOf({}), keyOf({ limit: 6, onStoreTrouble: "closed" }));
  const others: Partial<LimitOption>[] = [
    { of: "tokens" },
    { per: 61 },
    { by: "key" },
    { technique: "sliding" },
    { match: { model: "openai/*" } },
  ];
  const keys = new Set([{}, ...others].map(keyOf));
  assertEquals(keys.size, others.length + 1);
});

test("an access key's limits are its own, by whatever gateway it comes", () => {
  const limits: LimitOption[] = [{ of: "requests", limit: 5 }];
  const settings = settingsOf({
    gateways: {
      default: {
        accessKeys: [{ name: "ci", key: "ak-1", gateways: ["default", "lab"], limits }],
      },
      lab: { accessKeys: [{ name: "ci2", key: "ak-2", limits }] },
    },
  });
  const keyOf = (id: string, at: number) =>
    settings.gateways.get(id)!.accessKeys[at]!.limits![0]!.key;
  assertEquals(keyOf("default", 0), keyOf("lab", 0));
  assertNotEquals(keyOf("lab", 0), keyOf("lab", 1));
});

test("what answers usually have at most is a whole number of tokens", () => {
  const rules = (usualOutput: unknown) => ({
    modelRules: { openai: [{ match: "^gpt-5", usualOutput }] },
  });
  for (const [wrong, shown] of [[0, "0"], [1.5, "1.5"], ["4000", '"4000"'], [null, "null"]]) {
    assertEquals(faultsOf(rules(wrong)), [
      "modelRules.openai[0].usualOutput must be a whole number of tokens from 1 to 10000000, " +
      `got ${shown}`,
    ]);
  }
  const { usualOutput } = settingsOf(rules(4000));
  const of = (model: string, provider = "openai") => usualOutput({ provider, model });
  assertEquals([of("gpt-5-mini"), of("o4"), of("gpt-5", "groq")], [4000, undefined, undefined]);
});
