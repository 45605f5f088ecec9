/** Everything that can be wrong with a dynamic route, and how it is told. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { faultsOf, settingsOf } from "../support.ts";
import { end, model, rate, split, start, to, when } from "../../support/graphs.ts";

const AT = "gateways.default.routes.support";

/** What is said of a route with these elements, without the path of the route. */
function faults(elements: unknown[], more: Record<string, unknown> = {}): string[] {
  const gateways = { default: { routes: { support: { elements } } } };
  return faultsOf({ gateways, ...more }).map((fault) => fault.replace(`${AT}.`, ""));
}

const OWN = "ollama/qwen3";

test("an element of an unknown type is named, with the one that was meant", () => {
  const types = "start, conditional, percentage, rate, rate_limit, model, end";
  assertEquals(
    faults([start("a"), { id: "a", type: "modle" }, { id: "b", type: 5 }, { id: "c" }, "end"]),
    [
      `elements[1].type must be one of ${types}, got "modle" (did you mean "model"?)`,
      `elements[2].type must be one of ${types}, got 5`,
      `elements[3].type is missing: an element has one of ${types}`,
      "elements[4] must be an element, an object, got a string",
    ],
  );
});

test("outputs and properties that are missing are named, and those that are too many", () => {
  assertEquals(
    faults([
      { id: "start", type: "start", outputs: {} },
      { id: "if", type: "conditional", properties: {}, outputs: { true: to("x"), flase: to("x") } },
      { id: "m", type: "model", properties: { provider: "openai" }, outputs: {} },
      { id: "r", type: "rate", properties: { limitType: "tokens", limit: 0 }, outputs: {} },
      { id: "e", type: "end", outputs: { next: to("x") } },
      { id: "p", type: "percentage", outputs: { half: to("x"), "50%": {} } },
      { type: "end" },
    ]),
    [
      "elements[0].outputs.next is missing",
      'elements[1].outputs.flase is not an option (did you mean "false"?)',
      "elements[1].outputs.false is missing",
      "elements[2].properties.model is missing",
      "elements[2].outputs.success is missing",
      'elements[3].properties.limitType must be "count" or "cost", got "tokens"',
      "elements[3].properties.limit must be a number above 0, up to 1000000000, got 0",
      "elements[3].outputs.success is missing",
      "elements[4].outputs.next is not an option (here are: none)",
      "elements[5].outputs.half is not a share: write a percentage such as 10%, or else",
      'elements[5].outputs["50%"].elementId is missing',
      "elements[6].id is missing",
    ],
  );
});

test("retries, timeouts and windows have bounds", () => {
  const m = model("m", OWN, undefined, { retries: 6, timeout: -1 });
  const r = rate("r", { limitType: "count", limit: 1, window: 0 }, "m");
  assertEquals(faults([start("r"), r, m, end()]), [
    "elements[1].properties.window must be a whole number of seconds from 1 to 31536000, got 0",
    "elements[2].properties.timeout must be a whole number of milliseconds from 0 to 86400000, got -1",
    "elements[2].properties.retries must be a whole number from 0 to 5, got 6",
  ]);
});

test("a route has one start", () => {
  assertEquals(faults([model("m", OWN), end()]), ["elements has no element of the type start"]);
  assertEquals(faults([start("m"), model("m", OWN), end(), { ...start("m"), id: "again" }]), [
    "elements[3].type is start, as elements[0] is: there must be one",
  ]);
});

test("ids are unique", () => {
  assertEquals(faults([start("m"), model("m", OWN), end(), model("m", "openai/x")]), [
    "elements[3].id is also the id of elements[1]",
  ]);
});

test("an output that leads to no element is named, with the one that was meant", () => {
  assertEquals(faults([start("modl"), model("model", OWN, "elsewhere"), end()]), [
    'elements[0].outputs.next.elementId names no element: "modl" (did you mean "model"?)',
    'elements[1].outputs.fallback.elementId names no element: "elsewhere"',
  ]);
});

test("circles are drawn", () => {
  assertEquals(
    faults([start("a"), model("a", OWN, "b"), model("b", OWN, "c"), model("c", OWN, "a"), end()]),
    ["elements[3].outputs.fallback goes in a circle: a → b → c → a"],
  );
  assertEquals(faults([start("a"), model("a", OWN, "a"), end()]), [
    "elements[1].outputs.fallback goes in a circle: a → a",
  ]);
  assertEquals(faults([start("a"), model("a", OWN, "start"), end()]), [
    "elements[1].outputs.fallback goes in a circle: start → a → start",
  ]);
});

test("a diamond is no circle", () => {
  const elements = [
    start("if"),
    when("if", { "metadata.a": 1 }, "b", "c"),
    model("b", OWN, "d"),
    model("c", OWN, "d"),
    model("d", OWN),
    end(),
  ];
  settingsOf({ gateways: { default: { routes: { support: { elements } } } } });
});

test("elements that no request comes to are named", () => {
  assertEquals(faults([start("a"), model("a", OWN), end(), model("b", OWN, "c"), end("c")]), [
    'elements[3] is never reached from the start: "b"',
    'elements[4] is never reached from the start: "c"',
  ]);
});

test("nothing comes after an answer but an end", () => {
  const first = { ...model("a", OWN), outputs: { success: to("b") } };
  assertEquals(faults([start("a"), first, model("b", OWN), end()]), [
    'elements[1].outputs.success leads to "b", a model element: ' +
    "after the answer of a model only an end can come",
  ]);
});

test("percentages must add up", () => {
  const elements = (outputs: Record<string, string>) => [
    start("p"),
    split("p", outputs),
    model("m", OWN),
    end(),
  ];
  const of = (...names: string[]) => Object.fromEntries(names.map((name) => [name, "m"]));
  const said = (...names: string[]) => faults(elements(of(...names)));
  const at = "elements[1].outputs has";
  assertEquals(said("10%", "50%"), [`${at} percentages that add up to 60%, not 100%: add else`]);
  assertEquals(said("60%", "50.5%"), [`${at} percentages that add up to 110.5%, not 100%`]);
  assertEquals(said("60%", "40%", "else"), [
    `${at} else for nothing: the percentages add up to 100%`,
  ]);
  assertEquals(said("1%", "2%", "3%", "4%", "5%", "6%", "else"), [
    `${at} 6 percentages: 5 at most, and else`,
  ]);
  assertEquals(said(), [
    "elements[1].outputs is empty: name outputs by percentages, such as 10%, or else",
    'elements[2] is never reached from the start: "m"',
    'elements[3] is never reached from the start: "end"',
  ]);
  for (const good of [["33.3%", "66.7%"], ["0.1%", "0.2%", "99.7%"], ["10%", "else"], ["else"]]) {
    const routes = { support: { elements: elements(of(...good)) } };
    settingsOf({ gateways: { default: { routes } } });
  }
});

test("a model of an unknown provider is named", () => {
  assertEquals(
    faults([start("a"), model("a", "opnai/x", "b"), model("b", "custom-lab/y"), end()]),
    [
      'elements[1].properties.provider names the provider "opnai", which is not known (did you mean "openai"?)',
      'elements[2].properties.provider names the provider "custom-lab", which is not configured: write providers.custom-lab',
    ],
  );
});

test("models without a key are named where no request can bring one", () => {
  const elements = [start("a"), model("a", "openai/x", "b"), model("b", "google/y", "c")];
  const all = [...elements, model("c", OWN), end()];
  const why = "since requests can bring none for a route with several providers";
  assertEquals(faults(all), [
    `elements[1].properties.provider names openai, which has no key: set providers.openai.apiKey, ${why}`,
    "elements[2].properties.provider names google-ai-studio, which has no key: " +
    `set providers.google-ai-studio.apiKey, ${why}`,
  ]);
  assertEquals(faults(all, { providers: { openai: { apiKey: "sk-1" } } }).length, 1);
});

test("at one provider a request may bring the key, unless the gateway ignores it", () => {
  const elements = [start("a"), model("a", "openai/x", "b"), model("b", "openai/y"), end()];
  const routes = { support: { elements } };
  settingsOf({ gateways: { default: { routes } } });
  assertEquals(
    faultsOf({ gateways: { default: { routes, requestKeys: "ignore" } } }),
    [
      1,
      2,
    ].map((index) =>
      `${AT}.elements[${index}].properties.provider names openai, which has no key: ` +
      "set providers.openai.apiKey, since this gateway ignores the keys of requests"
    ),
  );
});

test("a budget over models without a price is named, with the models", () => {
  const elements = [
    start("budget"),
    rate("budget", { limitType: "cost", limit: 5 }, "a", "free"),
    model("a", "google/gemini-x", "b"),
    model("b", OWN),
    model("free", "ollama/small"),
    end(),
  ];
  const providers = { "google-ai-studio": { apiKey: "AIza-1" } };
  const price = { input: 1, output: 2 };
  const said = (...names: string[]) =>
    `elements[1].properties.limitType is cost, but the option prices has none for ${
      names.map((name) => `"${name}"`).join(", ")
    }`;
  assertEquals(faults(elements, { providers }), [said("google-ai-studio/gemini-x", OWN)]);
  assertEquals(faults(elements, { providers, prices: { [OWN]: price } }), [
    said("google-ai-studio/gemini-x"),
  ]);
  // What is asked when the budget is used up needs no price, and any spelling of a provider is one.
  settingsOf({
    providers,
    prices: { [OWN]: price, "gemini/gemini-x": price },
    gateways: { default: { routes: { support: { elements } } } },
  });
});

test("limits of requests are whole, and windows are written once", () => {
  const properties = { limitType: "count", limit: 1.5, window: 60, interval: 60 };
  const r = { id: "r", type: "rate_limit", properties, outputs: { success: to("m") } };
  assertEquals(faults([start("r"), r, model("m", OWN), end()]), [
    "elements[1].properties must have window, also written interval, in seconds, and not both",
    "elements[1].properties.limit must be a whole number of requests, got 1.5",
  ]);
});

test("keys must be fields, and none that holds a credential", () => {
  const elements = (key: string) => [
    start("p"),
    split("p", { "50%": "r", else: "m" }, key),
    rate("r", { limitType: "count", limit: 1, key }, "m"),
    model("m", OWN),
    end(),
  ];
  for (const key of ["user", "metadata", "metadata.", "query.x", "body..x"]) {
    const problem = `must be a field that begins with metadata., body. or headers., got "${key}"`;
    assertEquals(faults(elements(key)), [
      `elements[1].properties.key ${problem}`,
      `elements[2].properties.key ${problem}`,
    ]);
  }
  const secret =
    "authorization Proxy-Authorization cf-aig-authorization x-api-key api-key cookie " +
    "xi-api-key x-goog-api-key";
  for (const name of secret.split(" ")) {
    assertEquals(faults(elements(`headers.${name}`)), [
      "elements[1].properties.key is a header that holds a credential: choose another field",
      "elements[2].properties.key is a header that holds a credential: choose another field",
    ], name);
  }
});
