import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import type { Provider } from "../../lib/providers/provider.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { configurationOf } from "../../lib/serve/environment.ts";

const vendor = (slug: string, keyVariables: string[], baseUrlVariables: string[]) =>
  [slug, { ...PROVIDERS.get("openai")!, slug, keyVariables, baseUrlVariables }] as const;
const providers: ReadonlyMap<string, Provider> = new Map([
  vendor("openai", ["OPENAI_API_KEY"], ["OPENAI_BASE_URL"]),
  vendor("google-ai-studio", ["GEMINI_API_KEY", "GOOGLE_API_KEY"], []),
]);

function configure(env: Record<string, string>, file?: GatewayOptions) {
  const readText = () => "";
  const { options, keySources } = configurationOf({
    env,
    readText,
    providers,
    ...(file && { file }),
  });
  return { options, sources: Object.fromEntries(keySources) };
}

test("an empty environment configures nothing", () => {
  assertEquals(configure({ OPENAI_API_KEY: "" }), { options: {}, sources: {} });
});

test("our variables win over the vendors', which win in their order", () => {
  const env = {
    OPENAI_API_KEY: "vendor",
    DRAGOMAN_OPENAI_API_KEY: "ours",
    OPENAI_BASE_URL: "http://a",
    GOOGLE_API_KEY: "second",
    DRAGOMAN_GOOGLE_AI_STUDIO_BASE_URL: "http://b",
  };
  assertEquals(configure(env), {
    options: {
      providers: {
        openai: { apiKey: "ours", baseUrl: "http://a" },
        "google-ai-studio": { apiKey: "second", baseUrl: "http://b" },
      },
    },
    sources: { openai: "DRAGOMAN_OPENAI_API_KEY", "google-ai-studio": "GOOGLE_API_KEY" },
  });
});

test("the file wins over the environment, field by field", () => {
  const file = {
    providers: { openai: { apiKey: "file" }, "custom-acme": { baseUrl: "http://acme" } },
    gateways: { default: { open: false }, team: {} },
  };
  const env = {
    OPENAI_API_KEY: "env",
    OPENAI_BASE_URL: "http://env",
    DRAGOMAN_CUSTOM_ACME_API_KEY: "acme",
    DRAGOMAN_CONFIG:
      '{"bodyLimit":5,"providers":{"openai":{"apiKey":"whole","headers":{"x":"y"}}}}',
    DRAGOMAN_OPEN: "1",
  };
  assertEquals(configure(env, file), {
    options: {
      bodyLimit: 5,
      providers: {
        openai: { apiKey: "file", headers: { x: "y" }, baseUrl: "http://env" },
        "custom-acme": { baseUrl: "http://acme", apiKey: "acme" },
      },
      gateways: { default: { open: false }, team: { open: true } },
    },
    sources: {
      openai: "providers.openai.apiKey",
      "custom-acme": "DRAGOMAN_CUSTOM_ACME_API_KEY",
    },
  });
});

test("a stored default key in the file keeps the environment's out", () => {
  const file = { providers: { openai: { keys: { default: "file", b: "c" } } } };
  const { options, sources } = configure({ OPENAI_API_KEY: "env" }, file);
  assertEquals(options.providers, file.providers);
  assertEquals(sources, { openai: "providers.openai.keys" });
});

test("access keys of the environment hold for every gateway that says nothing itself", () => {
  const file: GatewayOptions = { gateways: { own: { accessKeys: ["k"] }, other: {} } };
  assertEquals(configure({ DRAGOMAN_ACCESS_KEYS: "a, b,," }, file).options.gateways, {
    default: { accessKeys: ["a", "b"] },
    own: { accessKeys: ["k"] },
    other: { accessKeys: ["a", "b"] },
  });
});

test("the secret of the environment, or several, is for a configuration that has none", () => {
  assertEquals(configure({ DRAGOMAN_SECRET: "new, old" }).options.secret, ["new", "old"]);
  assertEquals(configure({ DRAGOMAN_SECRET: "env" }, { secret: "file" }).options.secret, "file");
  assertEquals(configure({ DRAGOMAN_SECRET: " " }).options, {});
});

test("a switch is on, off or an error", () => {
  assertEquals(configure({ DRAGOMAN_OPEN: "0" }).options.gateways, { default: { open: false } });
  assertThrows(() => configure({ DRAGOMAN_OPEN: "yes please" }), GatewayError, "DRAGOMAN_OPEN");
  assertThrows(() => configure({ DRAGOMAN_CONFIG: "{" }), GatewayError, "DRAGOMAN_CONFIG");
});

test("what has a wrong type is left for the check of options to report", () => {
  const wrong = { providers: { openai: 5 }, gateways: [] } as unknown as GatewayOptions;
  const env = { OPENAI_API_KEY: "k", DRAGOMAN_OPEN: "1" };
  assertEquals(configure(env, wrong).options, wrong);
});
