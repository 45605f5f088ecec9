/** Failures of every provider, in its own envelope, as the client's own classes. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "openai";
import { baseten } from "../../support/accents/baseten.ts";
import { grok } from "../../support/accents/grok.ts";
import { groq } from "../../support/accents/groq.ts";
import { openrouter } from "../../support/accents/openrouter.ts";
import { ASK, thrownBy } from "../doors.ts";
import { onAccent, onAccents } from "./scene.ts";

const KEY = "nobody-knows-this-key-0000";
const WRONG_KEY = { authorization: `Bearer ${KEY}` };

onAccents("a wrong key is told as one", async ({ client, there, accent, model }) => {
  const call = client.chat.completions.create({ model, messages: ASK }, { headers: WRONG_KEY });
  const error = await thrownBy(call, APIError);
  assert(error instanceof (accent === baseten ? PermissionDeniedError : AuthenticationError));
  assertEquals(there.requests.length, 1);
  const scheme = accent === baseten ? "Api-Key" : "Bearer";
  assertEquals(there.last.headers.authorization, `${scheme} ${KEY}`);
  assert(error.type, "an error has a type");
  assertEquals(error.headers?.get("dragoman-error-source"), "provider");
});

onAccents("a model it doesn't have is told as one", async ({ client, accent }) => {
  const { status, message } = accent.unknownModel("harbour-9");
  const model = `${accent.slug}/harbour-9`;
  const call = client.chat.completions.create({ model, messages: ASK });
  const error = await thrownBy(call, APIError);
  assert(error instanceof (status === 404 ? NotFoundError : BadRequestError));
  assert(error.message.includes(message), error.message);
});

const KINDS = [
  [400, BadRequestError, false],
  [422, UnprocessableEntityError, false],
  [500, InternalServerError, false],
  [503, InternalServerError, true],
] as const;

onAccents("refusals keep their status and their words", async ({ client, there, model }) => {
  for (const [status, kind, stream] of KINDS) {
    const message = `The pilot said ${status}.`;
    there.turns.push({ failure: { status, message, param: "body.seed" } });
    const call = client.chat.completions.create({ model, messages: ASK, stream });
    const error = await thrownBy(call, kind);
    assertEquals(error.status, status);
    assert(error.message.includes(message), error.message);
    assert(error.type, "an error has a type");
  }
});

onAccents("too many requests: the client learns when to return", async (scene) => {
  const { client, there, model } = scene;
  const headers = { "retry-after": "7", "x-ratelimit-limit-requests": "30" };
  there.turns.push({ failure: { status: 429, message: "Slow down at the quay.", headers } });
  const call = client.chat.completions.create({ model, messages: ASK });
  const error = await thrownBy(call, RateLimitError);
  for (const [name, value] of Object.entries(headers)) {
    assertEquals(error.headers?.get(name), value);
  }
  assertMatch(error.message, /Slow down at the quay\./);
});

const INSIDE = { status: 503, message: "The ferry timed out.", code: "overloaded" };

for (const stream of [false, true]) {
  const what = stream ? "a stream" : "an answer";
  onAccents(`an error in place of ${what} is a status`, async ({ client, there, model }) => {
    there.turns.push({ inside: INSIDE });
    const call = client.chat.completions.create({ model, messages: ASK, stream });
    const error = await thrownBy(call, APIError);
    assert(Number(error.status) >= 400, String(error.status));
    assertMatch(error.message, /The ferry timed out\./);
  });
}

onAccents("an error in mid-stream is thrown", async ({ client, there, model }) => {
  there.turns.push({ breaks: { status: 500, message: "The tide went out.", code: "gone" } });
  const stream = await client.chat.completions.create({ model, messages: ASK, stream: true });
  let said = "";
  const finishes: unknown[] = [];
  const error = await thrownBy(
    (async () => {
      for await (const { choices: [choice] } of stream) {
        said += choice?.delta.content ?? "";
        finishes.push(choice?.finish_reason);
      }
    })(),
    APIError,
  );
  assertMatch(error.message, /The tide went out\./);
  assertMatch(said, /^Good evening from/);
  assertEquals(finishes.filter((finish) => finish), []);
});

onAccent(
  groq,
  "an error told inside a chunk is thrown",
  async ({ client, there, model, accent }) => {
    const frame = { id: accent.voice.id, object: "chat.completion.chunk", created: 1, model: "m" };
    const choices = [{
      index: 0,
      delta: { role: "assistant", content: "Good" },
      finish_reason: null,
    }];
    there.turns.push({
      chunks: [{ ...frame, choices }, {
        ...frame,
        choices: [],
        x_groq: { error: "The tide went out." },
      }],
    });
    const helper = client.chat.completions.stream({ model, messages: ASK });
    assertMatch((await thrownBy(helper.finalContent(), APIError)).message, /The tide went out\./);
  },
);

onAccent(groq, "a flexible tier without room stays 498", async ({ client, there, model }) => {
  there.turns.push({ failure: { status: 498, message: "No room.", code: "capacity_exceeded" } });
  const call = client.chat.completions.create({ model, messages: ASK });
  const error = await thrownBy(call, APIError);
  assertEquals([error.status, error.code], [498, "capacity_exceeded"]);
});

onAccent(grok, "a provider that is down under status 200 is a 503", async (scene) => {
  const { client, there, model } = scene;
  const code = "The service is currently unavailable";
  for (const stream of [false, true]) {
    const message = "Timed out waiting for first token";
    there.turns.push({ inside: { status: 200, message, code } });
    const call = client.chat.completions.create({ model, messages: ASK, stream });
    const error = await thrownBy(call, InternalServerError);
    assertEquals(error.status, 503);
    assertMatch(error.message, /Timed out waiting for first token/);
  }
});

onAccent(openrouter, "the number of an error under status 200 is its status", async (scene) => {
  const { client, there, model } = scene;
  for (const stream of [false, true]) {
    there.turns.push({ inside: { status: 429, message: "Too many at the quay." } });
    const call = client.chat.completions.create({ model, messages: ASK, stream });
    await thrownBy(call, RateLimitError);
  }
});
