import { test } from "node:test";
import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../lib/errors.ts";
import { checkOptions, defineConfig, type GatewayOptions } from "../../lib/options/mod.ts";
import type { WrittenOptions } from "../../lib/options/schema.ts";
import { faultsOf, settingsOf } from "./support.ts";

/** Every option of the type is one of the check, and the other way round: else this does not compile. */
type Same = keyof GatewayOptions extends keyof WrittenOptions
  ? (keyof WrittenOptions extends keyof GatewayOptions ? true : false)
  : false;
export const same: Same = true;

test("no options at all make settings with every default", () => {
  const settings = settingsOf(undefined);
  assertEquals(settings.basePath, "");
  assertEquals(settings.cors, undefined);
  assertEquals(settings.allowedHosts, []);
  assertEquals(settings.bodyLimit, 33_554_432);
  assertEquals([...settings.gateways.keys()], ["default"]);
  assertEquals(settings.random(3).length, 3);
  assertEquals(typeof settings.fetch, "function");
  assertEquals(settings.providers.get("openai")?.baseUrl, "https://api.openai.com/v1");
  assertEquals(settings.providers.has("demo"), false);
});

test("options that are no object are refused", () => {
  assertEquals(faultsOf(null), ["the configuration must be an object, got null"]);
  assertEquals(faultsOf([]), ["the configuration must be an object, got a list"]);
  assertEquals(faultsOf("sk-secret"), ["the configuration must be an object, got a string"]);
});

test("a refusal is a GatewayError 2116 that names the option", () => {
  const error = assertThrows(() => settingsOf({ gateways: { default: { rotes: {} } } }));
  assertInstanceOf(error, GatewayError);
  assertEquals(error.code, 2116);
  assertEquals(error.param, "gateways.default.rotes");
  assertEquals(
    error.message,
    'Cannot use the configuration: gateways.default.rotes is not an option (did you mean "routes"?)',
  );
});

test("an unknown option far from every name is answered with the names there are", () => {
  assertEquals(faultsOf({ cors: { origins: ["*"], methods: [] } }), [
    "cors.methods is not an option (here are: origins)",
  ]);
});

test("options that later versions bring are refused like any unknown one", () => {
  for (const name of ["limits", "cache", "logs", "telemetry", "admin"]) {
    assertEquals(faultsOf({ [name]: {} }).length, 1, name);
  }
  for (const name of ["byokOnly", "logs", "defaultHeaders"]) {
    assertEquals(faultsOf({ gateways: { default: { [name]: {} } } }).length, 1, name);
  }
  assertEquals(faultsOf({ fetchMedia: {} }).length, 1);
});

test("names of Object's own methods are unknown options like others", () => {
  assertEquals(faultsOf({ toString: 1 }).length, 1);
  assertEquals(faultsOf({ constructor: 1 }).length, 1);
  assertEquals(faultsOf(JSON.parse('{ "__proto__": {} }')).length, 1);
  assertEquals(faultsOf(JSON.parse('{ "gateways": { "__proto__": {} } }')).length, 1);
  assertEquals(faultsOf(JSON.parse('{ "providers": { "__proto__": {} } }')).length, 1);
});

test("several faults are all listed, one a line", () => {
  const error = assertThrows(
    () =>
      settingsOf({ bodylimit: 1, demos: true, gateways: { "a b": { retry: { attempts: 9 } } } }),
    GatewayError,
  );
  assertEquals(error.message.split("\n"), [
    "Cannot use the configuration:",
    '  bodylimit is not an option (did you mean "bodyLimit"?)',
    '  demos is not an option (did you mean "demo"?)',
    `  gateways["a b"] is not a gateway's name: 1 to 64 letters, digits, '-' or '_', the first a letter or digit`,
    '  gateways["a b"].retry.attempts must be a whole number from 1 to 5, got 9',
  ]);
});

test("an option that is undefined counts as not given", () => {
  const settings = settingsOf({
    providers: undefined,
    demo: undefined,
    gateways: { default: { retry: { attempts: undefined }, timeouts: { idle: undefined } } },
  });
  assertEquals(settings.gateways.get("default")?.retry.attempts, 1);
  assertEquals(settings.gateways.get("default")?.timeouts.idle, 300_000);
});

test("numbers have ranges, and the message says which", () => {
  const timeouts = (idle: unknown) => faultsOf({ providers: { openai: { timeouts: { idle } } } });
  const must =
    "providers.openai.timeouts.idle must be a whole number of milliseconds from 0 to 86400000";
  assertEquals(timeouts("5s"), [`${must}, got "5s"`]);
  assertEquals(timeouts(-1), [`${must}, got -1`]);
  assertEquals(timeouts(1.5), [`${must}, got 1.5`]);
  assertEquals(timeouts(86_400_001), [`${must}, got 86400001`]);
  assertEquals(timeouts(NaN), [`${must}, got NaN`]);
  assertEquals(faultsOf({ bodyLimit: 0 }), [
    "bodyLimit must be a whole number of bytes from 1 to 1073741824, got 0",
  ]);
  const retry = (policy: unknown) => faultsOf({ gateways: { default: { retry: policy } } });
  assertEquals(retry({ delay: 60_001 }), [
    "gateways.default.retry.delay must be a whole number of milliseconds from 0 to 60000, got 60001",
  ]);
  assertEquals(retry({ backoff: "random" }), [
    'gateways.default.retry.backoff must be "constant", "linear" or "exponential", got "random"',
  ]);
});

test("numbers at the ends of their ranges are taken", () => {
  const { bodyLimit, gateways, providers } = settingsOf({
    bodyLimit: 2 ** 30,
    providers: { openai: { timeouts: { idle: 86_400_000, total: 0 } } },
    gateways: { default: { retry: { attempts: 5, delay: 0, backoff: "linear" } } },
  });
  assertEquals(bodyLimit, 1_073_741_824);
  assertEquals(providers.get("openai")?.timeouts, { idle: 86_400_000, total: 0 });
  assertEquals(gateways.get("default")?.retry, { attempts: 5, delay: 0, backoff: "linear" });
});

test("the base path starts with a slash and loses one at its end", () => {
  for (const [written, read] of [["", ""], ["/", ""], ["/ai", "/ai"], ["/ai/v2/", "/ai/v2"]]) {
    assertEquals(settingsOf({ basePath: written }).basePath, read);
  }
  for (const basePath of ["ai", "//ai", "/a?b", "/a#b", "/a b", "/../a", "https://x.example/ai"]) {
    assertEquals(faultsOf({ basePath }), [
      "basePath must be a path that starts with '/', such as /ai, without query or fragment",
    ]);
  }
});

test("origins are origins, or a star", () => {
  const origins = ["https://app.example.com", "http://localhost:3000", "*"];
  assertEquals(settingsOf({ cors: { origins } }).cors, { origins });
  for (const origin of ["app.example.com", "https://app.example.com/", "https://*.example.com/x"]) {
    assertEquals(faultsOf({ cors: { origins: [origin] } }), [
      "cors.origins[0] must be an origin such as https://app.example.com, without a path, or *",
    ]);
  }
  assertEquals(faultsOf({ cors: { origins: [] } }), [
    "cors.origins is empty: list origins, or leave it out",
  ]);
  assertEquals(faultsOf({ cors: { origins: "*" } }), [
    "cors.origins must be a list of origins, got a string",
  ]);
  assertEquals(faultsOf({ cors: {} }), ["cors.origins is missing"]);
});

test("allowed hosts are names without scheme or port, read in lower case", () => {
  const allowedHosts = ["AI.internal", "gateway", "10.0.0.5", "[::1]"];
  assertEquals(settingsOf({ allowedHosts }).allowedHosts, [
    "ai.internal",
    "gateway",
    "10.0.0.5",
    "[::1]",
  ]);
  for (const host of ["https://ai.internal", "ai.internal:8787", "ai.internal/x", "", "-a"]) {
    assertEquals(faultsOf({ allowedHosts: [host] }), [
      "allowedHosts[0] must be a host name such as ai.example.com, without scheme, port or path",
    ]);
  }
});

test("a host name made to be slow to read is refused at once", () => {
  assertEquals(faultsOf({ allowedHosts: ["a".repeat(50_000) + "!"] }).length, 1);
});

test("the seams are taken as they are, and must be functions", () => {
  const clock = { now: () => 0, after: () => () => {} };
  const random = (size: number) => new Uint8Array(size);
  const fetch = () => Promise.reject(new Error("no network"));
  const settings = settingsOf({ clock, random, fetch });
  assertStrictEquals(settings.clock, clock);
  assertStrictEquals(settings.random, random);
  assertStrictEquals(settings.fetch, fetch);
  assertEquals(faultsOf({ fetch: "https://proxy", random: 4, clock: {}, hash: {} }), [
    "fetch must be a function, got a string",
    "clock must be a clock: an object with now() and after(ms, task), got an object",
    "hash must be a function, got an object",
    "random must be a function, got a number",
  ]);
});

test("a hash that is not SHA-256 is refused, since digests in a file would never match", () => {
  assertEquals(faultsOf({ hash: (text: string) => text }), [
    "hash must return the text's SHA-256 in lower-case hexadecimal",
  ]);
});

test("demo switches the demo provider on", () => {
  assertEquals(settingsOf({ demo: true }).providers.get("demo")?.baseUrl, "demo:");
  assertEquals(settingsOf({ demo: false }).providers.has("demo"), false);
  assertEquals(faultsOf({ demo: "yes" }), ['demo must be true or false, got "yes"']);
  assertEquals(faultsOf({ providers: { demo: {} } }), [
    'providers.demo is not configured here (the demo comes with "demo": true)',
  ]);
});

test("defineConfig gives back what it gets", () => {
  const options: GatewayOptions = { gateways: { default: { open: true } } };
  assertStrictEquals(defineConfig(options), options);
});

test("the options that were checked are not changed, and later changes to them change nothing", () => {
  const routes = { fast: ["openai/a", "ollama/b"] };
  const options = { gateways: { default: { routes } } };
  const settings = checkOptions(options, { openByDefault: true });
  routes.fast.push("nonsense");
  assertEquals(settings.gateways.get("default")?.routes.get("fast")?.models, [
    "openai/a",
    "ollama/b",
  ]);
});
