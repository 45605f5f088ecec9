import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { faultsOf, settingsOf } from "./support.ts";

const SECRET = "what nobody guesses, of thirty-two characters";
const store = createMemoryStore({ clock: new FakeClock() });
const providers = {
  openai: { apiKey: "store:main" },
  groq: { keys: { team: ["sk-1", "store:b"] } },
};

test("keys in the store need a store that is shared, and a secret", () => {
  const elsewhere =
    "lies in the store, but that is this process's memory: name another one in the option store";
  const sealed =
    "needs the option secret, since the store is outside this process and a provider's key must be sealed there: " +
    "make one with openssl rand -base64 32";
  const places = ["providers.openai.apiKey", "providers.groq.keys.team[1]"];
  for (const options of [{}, { store: { type: "memory" } }, { secret: SECRET }]) {
    assertEquals(
      faultsOf({ ...options, providers }),
      places.map((place) => `${place} ${elsewhere}`),
    );
  }
  assertEquals(faultsOf({ store, providers }), places.map((place) => `${place} ${sealed}`));
  const { sharedKeys } = settingsOf({ store, secret: SECRET, providers });
  assertEquals(sharedKeys!.references.map(({ name }) => name), ["main", "b"]);
  assertEquals(settingsOf({ store, secret: SECRET }).sharedKeys, undefined);
});

test("store:NAME stands where a provider's whole key may stand, and nowhere else", () => {
  const elsewhere = "stands for a key in the store: only apiKey and keys may";
  const wrong: [object, string][] = [
    [
      { providers: { openai: { apiKey: "store:a b" } } },
      "providers.openai.apiKey has a name that is not 1 to 64 letters, digits, '_', '-', '.' or '@'",
    ],
    [
      { providers: { "aws-bedrock": { accessKeyId: "AKIA1", secretAccessKey: "store:aws" } } },
      `providers.aws-bedrock.secretAccessKey ${elsewhere}`,
    ],
    [
      { gateways: { default: { accessKeys: ["store:access"] } } },
      `gateways.default.accessKeys[0] ${elsewhere}`,
    ],
  ];
  for (const [options, fault] of wrong) {
    assertEquals(faultsOf({ store, secret: SECRET, ...options }), [fault]);
  }
});
