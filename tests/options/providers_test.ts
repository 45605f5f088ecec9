import { test } from "node:test";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { customProvider } from "../../lib/providers/custom.ts";
import { faultsOf, settingsOf } from "./support.ts";

const openai = (settings: unknown) =>
  settingsOf({ providers: { openai: settings } }).providers.get("openai")!;
const openaiFaults = (settings: unknown) => faultsOf({ providers: { openai: settings } });
const custom = (settings: object) =>
  settingsOf({ providers: { "custom-acme": settings } }).providers.get("custom-acme")!;

test("providers are there without being configured", () => {
  const { providers } = settingsOf({});
  assertEquals(providers.get("openai")?.keys.size, 0);
  assertEquals(providers.get("ollama")?.baseUrl, "http://localhost:11434/v1");
});

test("apiKey is the key of the alias default", () => {
  const { keys: own } = openai({ apiKey: "sk-a" });
  assertEquals([own.aliases, own.texts], [["default"], ["sk-a"]]);
  const { keys } = openai({ apiKey: "sk-a", keys: { team: "sk-b", spare: ["sk-c", "sk-d"] } });
  assertEquals(keys.aliases, ["team", "spare", "default"]);
  assertEquals(keys.aliases.map((alias) => keys.first(alias)), ["sk-b", "sk-c", "sk-a"]);
  assertEquals(keys.texts, ["sk-b", "sk-c", "sk-d", "sk-a"]);
});

test("apiKey beside keys.default is refused", () => {
  assertEquals(openaiFaults({ apiKey: "sk-a", keys: { default: "sk-b" } }), [
    "providers.openai has both apiKey and keys.default, which are the same: give one",
  ]);
});

test("keys that cannot be keys are refused, and never quoted", () => {
  const cases: [unknown, string][] = [
    ["", "is empty: give the key, or leave it out"],
    [" sk-secret", "has white space at an end: take it away"],
    ["sk-secret\n", "has white space at an end: take it away"],
    ["sk-sec\r\nret", "has characters that no key has: only printable ASCII"],
    ["sk-sécret", "has characters that no key has: only printable ASCII"],
    ["Bearer sk-secret", 'starts with "Bearer": give the key alone'],
    ["undefined", "is a stand-in, not a key"],
    [12345, "must be a key, got a number"],
  ];
  for (const [key, problem] of cases) {
    assertEquals(openaiFaults({ apiKey: key }), [`providers.openai.apiKey ${problem}`]);
    assertEquals(openaiFaults({ keys: { team: [key] } }), [
      `providers.openai.keys.team[0] ${problem}`,
    ]);
  }
  assertEquals(openaiFaults({ apiKey: { secret: "sk-secret" } }), [
    "providers.openai.apiKey must be a key, got an object",
  ]);
  assertEquals(openaiFaults({ keys: { team: [{ secret: "sk-secret" }] } }), [
    "providers.openai.keys.team[0].secret is not an option (here are: key, weight)",
    "providers.openai.keys.team[0].key is missing",
  ]);
  assertEquals(openaiFaults("sk-secret"), ["providers.openai must be an object, got a string"]);
  assertEquals(openaiFaults({ keys: "sk-secret" }), [
    "providers.openai.keys must be an object, got a string",
  ]);
  assertEquals(openaiFaults({ keys: { team: [] } }), [
    "providers.openai.keys.team is empty: list keys, or leave it out",
  ]);
});

test("a key may have a weight, and be given by a function", () => {
  const keys = { team: ["sk-a", { key: () => "sk-b", weight: 3 }, { key: "sk-c" }] };
  assertEquals(openai({ keys }).keys.texts, ["sk-a", "sk-b", "sk-c"]);
  assertEquals(openaiFaults({ keys: { team: [{ key: "sk-a", weight: -1 }] } }), [
    "providers.openai.keys.team[0].weight must be a number from 0 to 1000000, got -1",
  ]);
  assertEquals(openaiFaults({ keys: { team: [{ key: "sk-a", wieght: 2 }] } }), [
    'providers.openai.keys.team[0].wieght is not an option (did you mean "weight"?)',
  ]);
  const none = [{ key: "sk-a", weight: 0 }, { key: "sk-b", weight: 0 }];
  assertEquals(openaiFaults({ keys: { team: none } }), [
    "providers.openai.keys.team has no weight above 0, so nothing would be drawn",
  ]);
});

test("a function that gives no key is found at once, and what it gives is not quoted", () => {
  const faults = (apiKey: unknown) => openaiFaults({ apiKey });
  assertEquals(faults(() => "sk-sec\nret"), [
    "providers.openai.apiKey has characters that no key has: only printable ASCII",
  ]);
  assertEquals(faults(() => undefined), [
    "providers.openai.apiKey must be given as text, got undefined",
  ]);
  assertEquals(faults(() => Promise.resolve("sk-secret")), [
    "providers.openai.apiKey must be given as text, got an object, which must be waited for elsewhere",
  ]);
  const threw = () => {
    throw new Error("sk-secret");
  };
  assertEquals(faults(threw), [
    "providers.openai.apiKey is given by a function that threw an error",
  ]);
});

test("a base URL gets its version where there is none, and never a second one", () => {
  const read = (baseUrl: string) => openai({ baseUrl }).baseUrl;
  assertEquals(read("https://api.openai.com"), "https://api.openai.com/v1");
  assertEquals(read("https://api.openai.com/"), "https://api.openai.com/v1");
  assertEquals(read("https://api.openai.com/v1"), "https://api.openai.com/v1");
  assertEquals(read("https://api.openai.com/v1//"), "https://api.openai.com/v1");
  assertEquals(read("HTTP://Proxy.Example:8080/openai"), "http://proxy.example:8080/openai/v1");
  assertEquals(read("https://ark.example/api/v3"), "https://ark.example/api/v3");
  assertEquals(read("https://x.example/v1beta"), "https://x.example/v1beta");
  assertEquals(read("https://x.example/v1/proxy"), "https://x.example/v1/proxy/v1");
});

test("a custom provider's base URL is taken literally", () => {
  assertEquals(custom({ baseUrl: "https://acme.example/" }).baseUrl, "https://acme.example");
  assertEquals(custom({ baseUrl: "https://acme.example/llm" }).baseUrl, "https://acme.example/llm");
});

test("base URLs that are none are refused, and never quoted", () => {
  const cases: [unknown, string][] = [
    ["sk-secret", "must be an http or https address such as https://api.example.com/v1"],
    ["api.openai.com/v1", "must be an http or https address such as https://api.example.com/v1"],
    ["ftp://x.example", "must be an http or https address such as https://api.example.com/v1"],
    ["https:x.example", "must be an http or https address such as https://api.example.com/v1"],
    ["https://", "must be an http or https address such as https://api.example.com/v1"],
    [
      "https://me:secret@x.example/v1",
      "must not hold a user name or password: give the key as apiKey",
    ],
    ["https://x.example/v1?key=secret", "must not have a query or fragment"],
    ["https://x.example/v1#a", "must not have a query or fragment"],
    ["https://x.example/v1?", "must not have a query or fragment"],
    [
      "https://x.example/v1/chat/completions",
      "must end before /chat/completions, which is added to it",
    ],
    [
      "https://x.example/v1 ",
      "must be an address such as https://api.example.com/v1, without spaces or other than ASCII characters",
    ],
    [443, "must be an address, got a number"],
  ];
  for (const [baseUrl, problem] of cases) {
    assertEquals(openaiFaults({ baseUrl }), [`providers.openai.baseUrl ${problem}`]);
  }
});

test("headers are sent in lower case", () => {
  assertEquals(openai({ headers: { "X-Team": "blue", "x-note": "a b" } }).headers, {
    "x-team": "blue",
    "x-note": "a b",
  });
});

test("headers that could not be sent, or would break the request, are refused without their values", () => {
  const faults = (name: string, value: unknown) => openaiFaults({ headers: { [name]: value } });
  for (const value of ["a\r\nx-evil: secret", "a\0", "sécret", " secret"]) {
    assertEquals(faults("x-team", value), [
      "providers.openai.headers.x-team must be printable ASCII without line breaks or white space at an end",
    ]);
  }
  assertEquals(faults("x-team", 5), [
    "providers.openai.headers.x-team must be a string, got a number",
  ]);
  assertEquals(faults("x team", "a"), [
    'providers.openai.headers["x team"] has a name that no header can have',
  ]);
  for (const name of ["Host", "content-length", "Transfer-Encoding", "connection"]) {
    assertEquals(faults(name, "a"), [
      `providers.openai.headers.${name} cannot be set: each request has its own`,
    ]);
  }
  assertEquals(openaiFaults({ headers: { "X-Team": "a", "x-team": "b" } }), [
    "providers.openai.headers.x-team is given twice (case is free)",
  ]);
});

test("an unknown provider leads to the one that was meant, or to all of them", () => {
  assertEquals(faultsOf({ providers: { openia: {} } }), [
    'providers.openia is not a known provider (did you mean "openai"?)',
  ]);
  assertEquals(faultsOf({ providers: { gemni: {} } }), [
    'providers.gemni is not a known provider (did you mean "google-ai-studio"?)',
  ]);
  const [fault] = faultsOf({ providers: { acme: {} } });
  assertStringIncludes(fault!, "providers.acme is not a known provider (known are openai, ");
  assertStringIncludes(fault!, "; others are named custom-<name>, in lower case)");
});

test("aliases are for model names, and lead to the canonical name", () => {
  const canonical = {
    google: "google-ai-studio",
    gemini: "google-ai-studio",
    "google-vertex": "google-vertex-ai",
    vertex: "google-vertex-ai",
    xai: "grok",
    perplexity: "perplexity-ai",
    azure: "azure-openai",
    bedrock: "aws-bedrock",
  };
  for (const [alias, slug] of Object.entries(canonical)) {
    assertEquals(faultsOf({ providers: { [alias]: { apiKey: "k" } } }), [
      `providers.${alias} is a short name for model names only: write providers.${slug}`,
    ]);
  }
});

test("a misspelt setting is answered with the nearest one", () => {
  assertEquals(faultsOf({ providers: { anthropic: { apikey: "k" } } }), [
    'providers.anthropic.apikey is not an option (did you mean "apiKey"?)',
  ]);
});

test("a custom provider is one by its name and base URL", () => {
  const provider = custom({ baseUrl: "https://acme.example", apiKey: "k", codec: "openai_chat" });
  assertEquals(provider.definition.slug, "custom-acme");
  assertEquals(faultsOf({ providers: { "custom-acme": {} } }), [
    "providers.custom-acme needs a baseUrl, such as https://api.example.com/v1",
  ]);
  assert(faultsOf({ providers: { "custom-": { baseUrl: "https://x.example" } } }).length === 1);
  assert(faultsOf({ providers: { "custom-Acme": { baseUrl: "https://x.example" } } }).length === 1);
});

test("a custom provider's chat path is a path", () => {
  const chatPath = "/api/chat";
  assertEquals(
    custom({ baseUrl: "https://acme.example", chatPath }).definition.slug,
    "custom-acme",
  );
  assertEquals(
    faultsOf({ providers: { "custom-a": { baseUrl: "https://x.example", chatPath: "chat" } } }),
    [
      "providers.custom-a.chatPath must be a path that starts with '/', such as /ai, without query or fragment",
    ],
  );
});

test("codec and chatPath are for custom providers", () => {
  assertEquals(openaiFaults({ codec: "openai_chat" }), [
    "providers.openai cannot have codec: only custom-<name> providers can",
  ]);
  assertEquals(openaiFaults({ chatPath: "/x" }), [
    "providers.openai cannot have chatPath: only custom-<name> providers can",
  ]);
  assertEquals(
    faultsOf({ providers: { "custom-a": { baseUrl: "https://x.example", codec: "soap" } } }),
    [
      'providers.custom-a.codec must be "openai_chat", got "soap"',
    ],
  );
});

test("a definition in code is a provider of its own", () => {
  const definition = {
    ...customProvider("acme"),
    baseUrl: "https://acme.example",
    versions: ["v2"],
  };
  const { providers } = settingsOf({ providers: { acme: { definition, apiKey: "k" } } });
  assertEquals(providers.get("acme")?.definition, definition);
  assertEquals(providers.get("acme")?.baseUrl, "https://acme.example/v2");
});

test("a definition needs its own name and an address", () => {
  const definition = customProvider("acme");
  assertEquals(faultsOf({ providers: { acme: { definition } } }), [
    "providers.acme needs a baseUrl: its definition has none",
  ]);
  assertEquals(faultsOf({ providers: { other: { definition, baseUrl: "https://x.example" } } }), [
    'providers.other has a definition whose slug is "acme": both must be the same',
  ]);
  assertEquals(faultsOf({ providers: { openai: { definition: "acme" } } }), [
    "providers.openai.definition must be a provider made by defineProvider, got a string",
  ]);
  for (const slug of ["compat", "dynamic", "demo"]) {
    assertStringIncludes(
      faultsOf({ providers: { [slug]: { definition: customProvider(slug) } } })[0]!,
      "is not a name a provider can have",
    );
  }
});

test("models to list are names", () => {
  assertEquals(openai({ models: ["gpt-5-mini", "ft:gpt-4:org::id"] }).models, [
    "gpt-5-mini",
    "ft:gpt-4:org::id",
  ]);
  assertEquals(openaiFaults({ models: ["a b"] }), [
    "providers.openai.models[0] must be a model's name: 1 to 256 printable characters without spaces",
  ]);
});
