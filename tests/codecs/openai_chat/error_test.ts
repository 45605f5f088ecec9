import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { GatewayError } from "../../../lib/errors.ts";

const codec = openaiChat();

function decode(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return codec.decodeError(status, text, new Headers(headers));
}

test("OpenAI's own envelope is read as it is", () => {
  const error = {
    message: "no such model",
    type: "invalid_request_error",
    param: "model",
    code: "model_not_found",
  };
  assertEquals(decode(404, { error }), { ...error, status: 404, retryable: false });
});

const ENVELOPES: [string, unknown, string][] = [
  ["a flat message", { message: "m", type: "t", code: "c" }, "m"],
  ["AWS's capital letter", { Message: "m" }, "m"],
  ["a title", { title: "m" }, "m"],
  ["a list around it", [{ error: { code: 400, message: "m", status: "INVALID_ARGUMENT" } }], "m"],
  ["an error that is text", { code: "c", error: "m" }, "m"],
  ["Cloudflare's list", { success: false, errors: [{ code: 7009, message: "m" }] }, "m"],
  ["a list of texts", { errors: ["m"] }, "m"],
  ["a detail that is text", { detail: "m" }, "m"],
  ["a validation report", { detail: [{ loc: ["body", "temperature"], msg: "m", type: "x" }] }, "m"],
  [
    "a report inside a message",
    { object: "error", message: { detail: [{ msg: "m" }] }, type: "t" },
    "m",
  ],
  ["Anthropic's", { type: "error", error: { type: "overloaded_error", message: "m" } }, "m"],
  ["plain text", "m", "m"],
];

for (const [name, body, message] of ENVELOPES) {
  test(`an error is read from ${name}`, () => assertEquals(decode(400, body).message, message));
}

test("a number as code becomes text, a validation report names the parameter", () => {
  assertEquals(decode(429, { error: { message: "m", code: 1302 } }).code, "1302");
  assertEquals(decode(422, { detail: [{ loc: ["body", "top_p"], msg: "m" }] }).param, "top_p");
});

test("pages, empty bodies and JSON without words are described by their status", () => {
  assertEquals(
    decode(502, "<!DOCTYPE html><h1>Bad</h1>").message,
    "The provider answered 502 with an HTML page",
  );
  assertEquals(decode(401, "").message, "The provider answered 401 with an empty body");
  assertEquals(decode(500, "{}").message, "The provider answered 500 with no message");
  assertEquals(decode(500, "x".repeat(2000)).message.length, 500);
});

test("the type follows from the status where the provider names none", () => {
  const types = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "api_error",
  };
  for (const [status, type] of Object.entries(types)) {
    assertEquals(decode(Number(status), "x").type, type);
  }
});

test("a status stays, except a 400 that proves a bad key", () => {
  for (const status of [429, 498, 529]) assertEquals(decode(status, "x").status, status);
  assertEquals(decode(400, { error: "Incorrect API key provided" }).status, 401);
  assertEquals(decode(400, { error: { message: "m", status: "API_KEY_INVALID" } }).status, 401);
  assertEquals(decode(400, { error: { message: "the key `x` is not allowed" } }).status, 400);
});

test("what may succeed later is retryable", () => {
  for (const status of [408, 409, 429, 498, 500, 502, 503, 504, 529]) {
    assert(decode(status, "x").retryable, String(status));
  }
  for (const status of [400, 401, 402, 403, 404, 413, 422, 501]) {
    assert(!decode(status, "x").retryable, String(status));
  }
  assert(!decode(429, { error: { message: "m", code: "insufficient_quota" } }).retryable);
  assert(!decode(429, { error: { code: "1113", message: "m" } }).retryable);
  assert(decode(400, { error: { message: "m", code: "tool_use_failed" } }).retryable);
});

test("the wait is read from every header that names it", () => {
  const wait = (headers: Record<string, string>, status = 429) =>
    decode(status, "x", headers).retryAfter;
  assertEquals(wait({ "retry-after-ms": "1500", "retry-after": "2" }), 1500);
  assertEquals(wait({ "retry-after": "2" }), 2000);
  assertEquals(wait({ "retry-after": "0.5" }), 500);
  const date = "Wed, 21 Oct 2026 07:28:00 GMT";
  assertEquals(wait({ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date }), 30_000);
  assertEquals(wait({ "retry-after": date }), undefined);
  assertEquals(wait({}), undefined);
});

test("a reset is a wait only for a 429, and only of the limit that is used up", () => {
  const reset = { "x-ratelimit-reset-requests": "1h2m3s", "x-ratelimit-reset-tokens": "2m59.56s" };
  assertEquals(decode(429, "x", reset).retryAfter, 179_560);
  assertEquals(
    decode(429, "x", { ...reset, "x-ratelimit-remaining-requests": "0" }).retryAfter,
    3_723_000,
  );
  assertEquals(decode(429, "x", { "x-ratelimit-reset-requests": "150ms" }).retryAfter, 150);
  assertEquals(decode(429, "x", { "x-ratelimit-reset-requests": "soon" }).retryAfter, undefined);
  assertEquals(decode(503, "x", reset).retryAfter, undefined);
});

test("the gateway's own errors carry its number, as text where clients expect text", () => {
  const error = new GatewayError(2008, "Unknown provider", { param: "model" });
  assertEquals(JSON.parse(codec.encodeError(error)), {
    error: {
      message: "Unknown provider",
      type: "invalid_request_error",
      param: "model",
      code: "2008",
    },
    success: false,
    errors: [{ code: 2008, message: "Unknown provider" }],
  });
});

test("a provider's error carries the provider's code, or none", () => {
  const fault = {
    status: 429,
    message: "slow",
    type: "tokens",
    code: "rate_limit_exceeded",
    retryable: true,
  };
  const encode = (given: typeof fault | Omit<typeof fault, "code">) =>
    JSON.parse(codec.encodeError(new GatewayError(2120, given.message, { fault: given })));
  assertEquals(encode(fault).error, {
    message: "slow",
    type: "tokens",
    param: null,
    code: "rate_limit_exceeded",
  });
  const { code: _, ...without } = fault;
  assertEquals([encode(without).error.code, encode(without).errors[0].code], [null, 2120]);
});

test("inside a stream an error is one event without an end mark", () => {
  const text = codec.encodeStreamError(new GatewayError(2111, "broke off"));
  assertEquals(
    text,
    'data: {"error":{"message":"broke off","type":"api_error","param":null,"code":"2111"}}\n\n',
  );
});
