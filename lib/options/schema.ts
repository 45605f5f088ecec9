/** The shape of a whole configuration: everything that can be judged without looking elsewhere in it. */
import * as v from "valibot";
import type { Clock } from "../clock.ts";
import type { FetchLike } from "../fetch_like.ts";
import { isObject } from "../json/fields.ts";
import { baseUrlFault } from "./base_url.ts";
import { graphShape } from "./graph/shapes.ts";
import type { KeySource, WeightedKey } from "./key_source.ts";
import { limitEntries } from "./limits.ts";
import { modelRule } from "./model_rules.ts";
import { priceTableShape } from "./prices.ts";
import { definitionShape, providerNameFault, providerSlugFault } from "./provider_name.ts";
import { scopeEntries } from "./scopes.ts";
import { byName, callable, exactObject, flag, hidden, listOf } from "./shapes.ts";
import { numberWithin, oneOf, type Shape, shown, text, wholeNumber } from "./shapes.ts";
import { storeShape } from "./store.ts";
import * as texts from "./texts.ts";

const DAY = 86_400_000;
const GIBIBYTE = 2 ** 30;

const key = text("a key", texts.writtenKeyFault);
const keySource = v.lazy((input): Shape<KeySource> =>
  typeof input === "function" ? callable<() => string>() : key
);
const weightedKey = exactObject({
  key: keySource,
  weight: v.optional(numberWithin(0, 1_000_000), 1),
});
const sharedKey = v.lazy((input): Shape<KeySource | WeightedKey> =>
  isObject(input) ? weightedKey : keySource
);
const keyPart = text("a key", texts.keyFault);
const modelName = text("a model's name", texts.modelFault);
const milliseconds = (to: number) => v.optional(wholeNumber(0, to, "milliseconds"));

/** What a list or a single thing may stand for. */
function oneOrMore<T>(value: Shape<T>, what: string): Shape<T | T[]> {
  const list = listOf(value, what);
  return v.lazy((input): Shape<T | T[]> => (Array.isArray(input) ? list : value));
}

const timeouts = exactObject({
  firstByte: milliseconds(DAY),
  firstToken: milliseconds(DAY),
  idle: milliseconds(DAY),
  total: milliseconds(DAY),
  whole: milliseconds(DAY),
  commit: milliseconds(DAY),
  keepAlive: milliseconds(DAY),
});

const retry = exactObject({
  attempts: v.optional(wholeNumber(1, 5)),
  delay: milliseconds(60_000),
  backoff: v.optional(oneOf("constant", "linear", "exponential")),
});

const provider = exactObject({
  definition: v.optional(definitionShape),
  apiKey: v.optional(keySource),
  keys: v.optional(byName(oneOrMore(sharedKey, "keys"), texts.nameFault)),
  baseUrl: v.optional(text("an address", baseUrlFault)),
  accessKeyId: v.optional(keyPart),
  secretAccessKey: v.optional(keyPart),
  sessionToken: v.optional(keyPart),
  tenantId: v.optional(keyPart),
  clientId: v.optional(keyPart),
  clientSecret: v.optional(keyPart),
  accountId: v.optional(text("an account's id", texts.accountFault)),
  project: v.optional(text("a project's id", texts.projectFault)),
  region: v.optional(text("a region", texts.regionFault)),
  resource: v.optional(text("a resource's name", texts.resourceFault)),
  apiVersion: v.optional(text("a version", texts.apiVersionFault)),
  tokenUrl: v.optional(text("an address", baseUrlFault)),
  headers: v.optional(
    byName(text("a string", texts.headerValueFault), texts.headerNameFault),
  ),
  codec: v.optional(oneOf("openai_chat")),
  chatPath: v.optional(text("a path", texts.pathFault)),
  timeouts: v.optional(timeouts),
  models: v.optional(listOf(modelName, "models")),
});

const namedKey = exactObject({
  name: text("a name", texts.nameFault),
  key: v.optional(text("a key", texts.accessKeyFault)),
  digest: v.optional(
    hidden<string>(
      (value) => typeof value === "string" && /^[0-9a-f]{64}$/i.test(value),
      "the key's SHA-256 in 64 hexadecimal digits",
    ),
  ),
  ...scopeEntries,
  ...limitEntries,
});
const plainKey = text("a key or an object { name, key } or { name, digest }", texts.accessKeyFault);
const accessKey = v.lazy((input): typeof plainKey | typeof namedKey =>
  typeof input === "object" && input !== null ? namedKey : plainKey
);

const models = oneOrMore(modelName, "models");
const weighted = exactObject({ model: modelName, weight: numberWithin(0, 1_000_000) });
const alsoWeighted = hidden<never>(
  () => false,
  "an object { model, weight }, as others in this list are",
);
const group = listOf(
  v.lazy((input): typeof weighted => (isObject(input) ? weighted : alsoWeighted)),
  "objects { model, weight }",
);
const route = v.lazy((input): typeof models | typeof group | typeof graphShape => {
  if (isObject(input)) return graphShape;
  return Array.isArray(input) && input.some(isObject) ? group : models;
});

const dollars = numberWithin(0, 10_000);
const price = exactObject({
  input: dollars,
  output: dollars,
  cacheRead: v.optional(dollars),
  cacheWrite: v.optional(dollars),
  cacheWrite1h: v.optional(dollars),
  reasoning: v.optional(dollars),
  inputAudio: v.optional(dollars),
  outputAudio: v.optional(dollars),
});

const cacheOptions = exactObject({
  ttl: v.optional(wholeNumber(60, 2_592_000, "seconds")),
  maxBytes: v.optional(wholeNumber(1, GIBIBYTE, "bytes")),
});
const noCache = shown<false>((value) => value === false, "false, or an object { ttl, maxBytes }");
const cache = v.lazy((input): typeof cacheOptions | typeof noCache =>
  isObject(input) ? cacheOptions : noCache
);

const gateway = exactObject({
  accessKeys: v.optional(listOf(accessKey, "access keys")),
  open: v.optional(flag),
  requestKeys: v.optional(oneOf("prefer", "ignore", "require")),
  byokOnly: v.optional(flag),
  routes: v.optional(byName(route, texts.routeNameFault)),
  retry: v.optional(retry),
  timeouts: v.optional(timeouts),
  cache: v.optional(cache),
  ...limitEntries,
});

const clock = shown<Clock>((value) => {
  const { now, after } = (value ?? {}) as Partial<Clock>;
  return typeof now === "function" && typeof after === "function";
}, "a clock: an object with now() and after(ms, task)");

const fetchMedia = exactObject({
  hosts: v.optional(listOf(text("a host", texts.mediaHostFault), "hosts")),
  maxBytes: v.optional(wholeNumber(1, GIBIBYTE, "bytes")),
  maxCount: v.optional(wholeNumber(1, 1000)),
  timeout: v.optional(wholeNumber(1, DAY, "milliseconds")),
  fetch: v.optional(callable<FetchLike>()),
});

/** Checks a configuration; things written by name come out as lists of name and value. */
export const optionsShape = exactObject({
  providers: v.optional(byName(provider, providerNameFault)),
  gateways: v.optional(byName(gateway, texts.gatewayIdFault)),
  modelRules: v.optional(byName(listOf(modelRule, "rules"), providerSlugFault)),
  prices: v.optional(byName(price, () => undefined)),
  priceTable: v.optional(priceTableShape),
  basePath: v.optional(
    text("a path", (path) => (path === "" || path === "/" ? undefined : texts.pathFault(path))),
  ),
  cors: v.optional(
    exactObject({ origins: listOf(text("an origin", texts.originFault), "origins") }),
  ),
  allowedHosts: v.optional(listOf(text("a host name", texts.hostFault), "host names")),
  bodyLimit: v.optional(wholeNumber(1, GIBIBYTE, "bytes")),
  store: v.optional(storeShape),
  secret: v.optional(oneOrMore(text("a secret", texts.secretFault), "secrets")),
  fetchMedia: v.optional(
    v.lazy((input): typeof fetchMedia | typeof flag =>
      typeof input === "object" && input !== null ? fetchMedia : flag
    ),
  ),
  demo: v.optional(flag),
  fetch: v.optional(callable<FetchLike>()),
  clock: v.optional(clock),
  hash: v.optional(callable<(text: string) => string>()),
  random: v.optional(callable<(size: number) => Uint8Array>()),
});

export type WrittenOptions = v.InferOutput<typeof optionsShape>;
export type WrittenProvider = v.InferOutput<typeof provider>;
export type WrittenGateway = v.InferOutput<typeof gateway>;
export type WrittenAccessKey = v.InferOutput<typeof accessKey>;
export type WrittenRoute = v.InferOutput<typeof route>;
