import { test } from "node:test";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError, isGatewayError } from "../../../lib/errors.ts";
import { codec, DEFAULTS, eventsOf, type Json, piece, sse } from "./helpers.ts";

const NONE = new Headers();
const error = (code: number, status: string, details: Json[] = [], message = "No") => ({
  error: { code, message, status, ...(details.length > 0 && { details }) },
});
const read = (status: number, body: unknown, headers = NONE) =>
  codec.decodeError(status, typeof body === "string" ? body : JSON.stringify(body), headers);

test("an error keeps its status, word and message, alone or in a list", () => {
  const body = error(404, "NOT_FOUND", [], "models/x is not found");
  for (const written of [body, [body]]) {
    assertEquals(read(404, written), {
      status: 404,
      message: "models/x is not found",
      type: "invalid_request_error",
      code: "NOT_FOUND",
      retryable: false,
    });
  }
});

test("a bad key, which Google answers 400, is a 401", () => {
  const details = [{
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason: "API_KEY_INVALID",
  }];
  const fault = read(400, error(400, "INVALID_ARGUMENT", details));
  assertEquals([fault.status, fault.type], [401, "authentication_error"]);
  assertEquals(read(400, error(400, "INVALID_ARGUMENT")).status, 400);
});

test("the wait that Google asks for is known", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "37.5s" }];
  const fault = read(429, error(429, "RESOURCE_EXHAUSTED", details));
  assertEquals([fault.retryAfter, fault.retryable], [37_500, true]);
  assertEquals(read(503, "", new Headers({ "retry-after": "2" })).retryAfter, 2000);
});

test("the field at fault is named", () => {
  const details = [{
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: [{ field: "generation_config.top_k", description: "bad" }],
  }];
  assertEquals(read(400, error(400, "INVALID_ARGUMENT", details)).param, "generation_config.top_k");
});

test("pages and empty bodies are described instead of shown", () => {
  assertEquals(read(502, "<html>oops").message, "The provider answered 502 with an HTML page");
  assertEquals(read(500, "").message, "The provider answered 500 with an empty body");
  assertEquals(read(500, "plain words").message, "plain words");
});

test("an error inside a stream ends it, whatever came before", () => {
  for (const before of [[], [piece([{ text: "a" }])]]) {
    const last = eventsOf(sse([...before, error(503, "UNAVAILABLE"), piece([{ text: "b" }])])).at(
      -1,
    )!;
    assert(last.type === "error");
    assertEquals([last.fault.status, last.fault.retryable], [503, true]);
  }
});

test("an error inside a 200 is thrown with the provider's words", () => {
  for (const body of [error(429, "RESOURCE_EXHAUSTED"), [error(429, "RESOURCE_EXHAUSTED")]]) {
    const thrown = assertThrows(() => codec.decodeResponse(JSON.stringify(body), DEFAULTS));
    assert(isGatewayError(thrown));
    assertEquals([thrown.code, thrown.status], [2120, 429]);
  }
});

test("an event that is not JSON is an error", () => {
  const last = eventsOf("data: {broken\r\n\r\n").at(-1)!;
  assertEquals(last.type, "error");
});

test("Google's callers get Google's errors", () => {
  const body = JSON.parse(codec.encodeError(new GatewayError(2019, "Cannot read it")));
  assertEquals(body, {
    error: { code: 400, message: "Cannot read it", status: "INVALID_ARGUMENT" },
  });
  const fault = read(429, error(429, "RESOURCE_EXHAUSTED"));
  const event = codec.encodeStreamError(new GatewayError(2120, fault.message, { fault }));
  assertEquals(event, `data: ${JSON.stringify(error(429, "RESOURCE_EXHAUSTED"))}\n\n`);
});
