/** Failures as OpenAI's own client reports them. */
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import {
  APIConnectionError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "openai";
import { runtime } from "../../support/runtime.ts";
import type { WireError } from "../../support/scripted_upstream.ts";
import { STORED_KEY } from "../../support/strict_openai.ts";
import { ASK, collect, defaultOptions, onEachDoor, onLiveDoor, thrownBy } from "../doors.ts";

const MODEL = "openai/gpt-5-mini";
const QUESTION = { model: MODEL, messages: ASK };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

onEachDoor(
  "a model without a prefix is a BadRequestError that says what to write",
  async ({ client }) => {
    const call = client.chat.completions.create({ model: "gpt-5-mini", messages: ASK });
    const error = await thrownBy(call, BadRequestError);
    assertEquals([error.status, error.code, error.param], [400, "2019", "model"]);
    assertEquals(error.type, "invalid_request_error");
    assertMatch(error.message, /"openai\/gpt-5-mini"/);
    assertMatch(error.requestID ?? "", UUID);
    assertEquals(error.headers?.get("dragoman-error-source"), "gateway");
  },
);

onEachDoor("gateway errors have their number as code", async ({ client }) => {
  const unknown = client.chat.completions.create({ model: "nobody/m", messages: ASK });
  assertEquals((await thrownBy(unknown, BadRequestError)).code, "2008");
  const route = client.chat.completions.create({ model: "dynamic/none", messages: ASK });
  assertEquals((await thrownBy(route, NotFoundError)).code, "2005");
  const planned = client.responses.create({ model: "openai/m", input: "Hello" });
  assertEquals((await thrownBy(planned, InternalServerError)).code, "2105");
  const unlisted = client.models.retrieve("openai/nothing");
  assertEquals((await thrownBy(unlisted, NotFoundError)).code, "2103");
  const files = client.files.retrieve("file-1");
  assertMatch((await thrownBy(files, NotFoundError)).message, /openai/);
});

onEachDoor("streamed questions are refused with the same classes", async ({ client }) => {
  const bare = client.chat.completions.create({ ...QUESTION, model: "o4-mini", stream: true });
  assertEquals((await thrownBy(bare, BadRequestError)).code, "2019");
  const missing = client.chat.completions.create({
    ...QUESTION,
    model: "openai/gpt-9",
    stream: true,
  });
  assertEquals((await thrownBy(missing, NotFoundError)).code, "model_not_found");
  const helper = client.chat.completions.stream({ ...QUESTION, model: "o4-mini" });
  assertEquals((await thrownBy(helper.finalChatCompletion(), BadRequestError)).param, "model");
});

onEachDoor("the provider's own refusals keep status, code, param and words", async ({ client }) => {
  const missing = client.chat.completions.create({ ...QUESTION, model: "openai/gpt-9" });
  const notFound = await thrownBy(missing, NotFoundError);
  assertEquals(notFound.code, "model_not_found");
  assertEquals(notFound.message, "404 Nobody here is called 'gpt-9'.");
  assertEquals(notFound.headers?.get("dragoman-error-source"), "provider");
  assertMatch(notFound.requestID ?? "", UUID);
  const lonely = client.chat.completions.create({ ...QUESTION, parallel_tool_calls: true });
  const bad = await thrownBy(lonely, BadRequestError);
  assertEquals([bad.param, bad.type], ["parallel_tool_calls", "invalid_request_error"]);
  const unknown = client.chat.completions.create({ ...QUESTION, ...{ tide: "high" } });
  assertEquals((await thrownBy(unknown, BadRequestError)).code, "unknown_parameter");
});

onEachDoor("a wrong provider key is an AuthenticationError", async ({ connect }) => {
  const call = connect({ apiKey: "sk-wrong-key-987654321" }).chat.completions.create(QUESTION);
  const error = await thrownBy(call, AuthenticationError);
  assertEquals([error.status, error.code], [401, "invalid_api_key"]);
  assertFalse(error.message.includes("sk-wrong-key-987654321"));
});

onEachDoor("a missing provider key is told before anybody is asked", async ({ client, openai }) => {
  const error = await thrownBy(client.chat.completions.create(QUESTION), BadRequestError);
  assertEquals(error.code, "2040");
  assertMatch(error.message, /DRAGOMAN_OPENAI_API_KEY/);
  assertEquals(openai.requests.length, 0);
}, ({ openai }) => ({ providers: { openai: { baseUrl: openai } } }));

onEachDoor("every status becomes the class the client has for it", async ({ client, openai }) => {
  const kinds = [
    [401, AuthenticationError],
    [403, PermissionDeniedError],
    [409, ConflictError],
    [422, UnprocessableEntityError],
    [429, RateLimitError],
    [498, APIError],
    [500, InternalServerError],
    [503, InternalServerError],
    [529, InternalServerError],
  ] as const;
  for (const [status, kind] of kinds) {
    const error = { message: `Refused with ${status}`, type: "t", param: "p", code: `c${status}` };
    openai.turns.push({ failure: { status, error } });
    const thrown = await thrownBy(client.chat.completions.create(QUESTION), kind);
    assertEquals(thrown.message, `${status} Refused with ${status}`);
    assertEquals([thrown.status, thrown.type, thrown.param], [status, "t", "p"]);
    assertEquals(thrown.code, `c${status}`);
  }
});

onEachDoor("a stored key echoed by the provider is not shown", async ({ client, openai }) => {
  const message = `Your key ${STORED_KEY} is over its limit.`;
  const error = { message, type: "requests", param: null, code: "rate_limit_exceeded" };
  openai.turns.push({ failure: { status: 429, error } });
  const thrown = await thrownBy(client.chat.completions.create(QUESTION), RateLimitError);
  assertFalse(thrown.message.includes(STORED_KEY), thrown.message);
  assertMatch(thrown.message, /is over its limit/);
});

const OVERLOADED: WireError = {
  message: "The tide went out.",
  type: "server_error",
  param: null,
  code: "overloaded",
};

onEachDoor(
  "an error in mid-stream is thrown with the provider's words",
  async ({ client, openai }) => {
    openai.turns.push({ stops: OVERLOADED });
    const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
    const said: string[] = [];
    const reading = (async () => {
      for await (const { choices } of stream) said.push(choices[0]?.delta.content ?? "");
    })();
    const error = await thrownBy(reading, APIError);
    assertMatch(error.message, /The tide went out\./);
    assertEquals([error.type, error.code], ["server_error", "overloaded"]);
    assertEquals(said.join(""), "Good morning");
  },
);

onEachDoor(
  "an error before the first word is a status, not a stream",
  async ({ client, openai }) => {
    const error = { ...OVERLOADED, type: "rate_limit_error", code: "rate_limit_exceeded" };
    openai.turns.push({ stops: error, after: 1 });
    const call = client.chat.completions.create({ ...QUESTION, stream: true });
    assertMatch((await thrownBy(call, RateLimitError)).message, /The tide went out\./);
  },
);

onEachDoor(
  "a stream that ends too early is an error, however it ends",
  async ({ client, openai }) => {
    for (const stops of ["end", "reset"] as const) {
      openai.turns.push({ stops });
      const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
      const error = await thrownBy(collect(stream), APIError);
      assertEquals(error.code, "2111", stops);
      assertMatch(error.message, /openai is incomplete/);
    }
    openai.turns.push({ stops: "end" });
    const helper = client.chat.completions.stream(QUESTION);
    assertEquals((await thrownBy(helper.finalChatCompletion(), APIError)).code, "2111");
  },
);

onEachDoor(
  "a provider that is gone is a 502 that says so",
  async ({ client, openai }) => {
    await openai.close();
    const error = await thrownBy(client.chat.completions.create(QUESTION), InternalServerError);
    assertEquals([error.status, error.code], [502, "2005"]);
    // Deno tells it in words only, which may quote the address.
    const reason = runtime === "deno" ? "the connection failed" : "connection refused";
    assert(error.message.includes(`Cannot reach openai: ${reason}`), error.message);
  },
  defaultOptions,
  { workerd: "workerd does not tell a refused connection from a lost one" },
);

onLiveDoor("a gateway that is gone is an APIConnectionError", async ({ client, entrance }) => {
  await client.chat.completions.create(QUESTION);
  await entrance.close();
  const error = await thrownBy(client.chat.completions.create(QUESTION), APIConnectionError);
  assert(error.status === undefined);
});
