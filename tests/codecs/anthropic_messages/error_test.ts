/** Errors of Anthropic and of those who serve Claude, and errors told in its shape. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../lib/errors.ts";
import { DEFAULTS } from "../openai_chat/helpers.ts";
import { begin, claude, events, START, stream } from "./helpers.ts";

const none = new Headers();
const body = (type: string, message = "No", more: object = {}) =>
  JSON.stringify({ type: "error", error: { type, message, ...more }, request_id: "req_1" });
const decode = (status: number, text: string, headers = none) =>
  claude.decodeError(status, text, headers);

const ERRORS: readonly (readonly [status: number, type: string, retryable: boolean])[] = [
  [400, "invalid_request_error", false],
  [401, "authentication_error", false],
  [402, "billing_error", false],
  [403, "permission_error", false],
  [404, "not_found_error", false],
  [413, "request_too_large", false],
  [429, "rate_limit_error", true],
  [500, "api_error", true],
  [504, "timeout_error", true],
  [529, "overloaded_error", true],
];

test("every error keeps its status, kind and words, 529 too", () => {
  for (const [status, type, retryable] of ERRORS) {
    const fault = decode(status, body(type));
    assertEquals(fault, { status, type, code: type, message: "No", retryable });
  }
});

test("an error inside a stream stands for the status of its kind", () => {
  for (const [status, type] of ERRORS) {
    const [last] = events(`event: error\ndata: ${body(type)}\n\n`);
    assertEquals(last?.type === "error" && last.fault.status, status, type);
  }
});

test("nothing comes after an error inside a stream", () => {
  const hi = begin(0, { type: "text", text: "Hi" });
  const text = stream(START, hi) + `event: error\ndata: ${body("overloaded_error")}\n\n` +
    stream({ type: "message_stop" });
  assertEquals(events(text).at(-1)?.type, "error");
});

test("an error inside a 200 is thrown, and so is what is no answer", () => {
  const overloaded = assertThrows(
    () => claude.decodeResponse(body("overloaded_error"), DEFAULTS),
    GatewayError,
  );
  assertEquals([overloaded.code, overloaded.status], [2120, 529]);
  for (const text of ["", "<html>", "[]", '{"choices":[]}']) {
    const error = assertThrows(() => claude.decodeResponse(text, DEFAULTS), GatewayError);
    assertEquals(error.code, 2002, text);
  }
});

test("a spending limit is not tried again", () => {
  const spent = body("rate_limit_error", "Limit", {
    details: { error_code: "enforced_spend_limit_reached" },
  });
  const { retryable, code } = decode(429, spent);
  assertEquals([retryable, code], [false, "enforced_spend_limit_reached"]);
});

test("Google's and Amazon's envelopes are read", () => {
  const google = { error: { code: 401, message: "Invalid token", status: "UNAUTHENTICATED" } };
  for (const each of [google, [google]]) {
    const { message, type, code } = decode(401, JSON.stringify(each));
    assertEquals([message, type, code], [
      "Invalid token",
      "authentication_error",
      "UNAUTHENTICATED",
    ]);
  }
  assertEquals(decode(400, '{"message":"Malformed"}').message, "Malformed");
  assertEquals(decode(403, '{"Message":"Denied"}').type, "permission_error");
});

test("bodies without JSON give words all the same", () => {
  assertEquals(decode(502, "").message, "The provider answered 502 with an empty body");
  assertEquals(decode(413, "<html></html>").message, "The provider answered 413 with a page");
  assertEquals(decode(503, "upstream connect error").message, "upstream connect error");
  assertEquals(decode(500, "{}").message, "The provider answered 500 without a message");
});

test("the wait is what retry-after says, or until the used-up limit is reset", () => {
  const at = (headers: Record<string, string>) =>
    decode(429, body("rate_limit_error"), new Headers(headers)).retryAfter;
  const date = "Mon, 01 Jun 2026 12:00:00 GMT";
  assertEquals(at({ "retry-after": "7" }), 7000);
  assertEquals(at({ "retry-after": "Mon, 01 Jun 2026 12:00:09 GMT", date }), 9000);
  const limits = {
    date,
    "anthropic-ratelimit-requests-remaining": "3",
    "anthropic-ratelimit-requests-reset": "2026-06-01T13:00:00Z",
    "anthropic-ratelimit-tokens-remaining": "0",
    "anthropic-ratelimit-tokens-reset": "2026-06-01T12:00:05Z",
  };
  assertEquals(at(limits), 5000);
  assertEquals(at({}), undefined);
});

test("errors of any origin are told in Anthropic's shape and words", () => {
  const told = (error: GatewayError) => {
    const { type, error: inner } = JSON.parse(claude.encodeError(error)) as {
      type: string;
      error: { type: string; message: string };
    };
    return [type, inner.type, inner.message];
  };
  assertEquals(told(new GatewayError(2009, "Who are you?")), [
    "error",
    "authentication_error",
    "Who are you?",
  ]);
  const types = [[402, "billing_error"], [413, "request_too_large"], [429, "rate_limit_error"]];
  for (
    const [status, type] of [...types, [503, "overloaded_error"], [418, "invalid_request_error"]]
  ) {
    const fault = {
      status: Number(status),
      message: "No",
      type: "insufficient_quota",
      retryable: false,
    };
    assertEquals(told(new GatewayError(2120, "No", { fault }))[1], type);
  }
  const stream = claude.encodeStreamError(new GatewayError(2111, "Broken off"));
  assertEquals(stream.startsWith('event: error\ndata: {"type":"error"'), true);
});
