/** Access keys and provider keys, in the places where OpenAI's own client can put them. */
import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import { AuthenticationError, PermissionDeniedError } from "openai";
import { OWN_KEY, STORED_KEY } from "../../support/strict_openai.ts";
import { ASK, onEachDoor, type SceneOptions, thrownBy } from "../doors.ts";

const ACCESS_KEY = "harbour-pass-7c1e";
const OTHER_KEY = "other-pass-99aa";
const QUESTION = { model: "openai/gpt-5-mini", messages: ASK };

const guarded: SceneOptions = ({ openai, ollama }) => ({
  providers: { openai: { apiKey: STORED_KEY, baseUrl: openai }, ollama: { baseUrl: ollama } },
  gateways: {
    default: { accessKeys: [{ name: "harbour", key: ACCESS_KEY }] },
    other: { accessKeys: [OTHER_KEY] },
  },
});

const everywhere = (headers: object) => JSON.stringify(headers);

onEachDoor("an access key as apiKey opens the gateway and stays there", async (scene) => {
  const client = scene.connect({ apiKey: ACCESS_KEY });
  await client.chat.completions.create(QUESTION);
  assertEquals(scene.openai.last.headers.authorization, `Bearer ${STORED_KEY}`);
  assertFalse(everywhere(scene.openai.last.headers).includes(ACCESS_KEY));
  await client.chat.completions.create({ ...QUESTION, model: "ollama/llama3.2:1b" });
  assertEquals(scene.ollama.last.headers.authorization, undefined);
  assertFalse(everywhere(scene.ollama.last.headers).includes(ACCESS_KEY));
}, guarded);

onEachDoor("a caller with an access key may bring a provider key of his own", async (scene) => {
  const { connect, openai } = scene;
  for (const value of [`Bearer ${ACCESS_KEY}`, ACCESS_KEY]) {
    const client = connect({
      apiKey: OWN_KEY,
      defaultHeaders: { "cf-aig-authorization": value },
    });
    await client.chat.completions.create(QUESTION);
    assertEquals(openai.last.headers.authorization, `Bearer ${OWN_KEY}`);
    assertFalse(everywhere(openai.last.headers).includes(ACCESS_KEY));
  }
}, guarded);

onEachDoor("a caller without an access key is refused before anybody is asked", async (scene) => {
  const { connect, openai } = scene;
  for (const apiKey of ["dragoman", OWN_KEY, `${ACCESS_KEY}x`]) {
    const client = connect({ apiKey });
    const error = await thrownBy(client.chat.completions.create(QUESTION), AuthenticationError);
    assertEquals([error.status, error.code, error.type], [401, "2009", "authentication_error"]);
    assertMatch(error.message, /cf-aig-authorization/);
    assertEquals(error.headers?.get("dragoman-error-source"), "gateway");
    await thrownBy(client.models.list(), AuthenticationError);
  }
  assertEquals(openai.requests.length, 0);
}, guarded);

onEachDoor("another gateway's access key opens that gateway only", async ({ connect, openai }) => {
  const here = connect({ apiKey: OTHER_KEY });
  const error = await thrownBy(here.chat.completions.create(QUESTION), PermissionDeniedError);
  assertEquals(error.code, "2114");
  const there = connect({ apiKey: OTHER_KEY, path: "/v1/account/other/compat" });
  await there.chat.completions.create(QUESTION);
  assertEquals(openai.last.headers.authorization, `Bearer ${STORED_KEY}`);
}, guarded);

onEachDoor("a request's own key wins over the stored one", async ({ connect, openai }) => {
  await connect({ apiKey: OWN_KEY }).chat.completions.create(QUESTION);
  assertEquals(openai.last.headers.authorization, `Bearer ${OWN_KEY}`);
});

onEachDoor("a gateway may insist on its stored keys", async ({ connect, openai }) => {
  await connect({ apiKey: OWN_KEY }).chat.completions.create(QUESTION);
  assertEquals(openai.last.headers.authorization, `Bearer ${STORED_KEY}`);
}, (urls) => ({
  providers: { openai: { apiKey: STORED_KEY, baseUrl: urls.openai } },
  gateways: { default: { requestKeys: "ignore" } },
}));
