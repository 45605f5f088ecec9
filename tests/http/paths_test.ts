/** The path table, row by row and in its order. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { PATH_TABLE } from "../../lib/http/path_table.ts";
import { errorOf, recorded, send } from "../support/recorder.ts";

const BODY = JSON.stringify({ model: "openai/m", messages: [] });

const PREFIXES = [
  "/v1",
  "/v1/v1",
  "/v1/account/default/compat",
  "/v1/account/default/compat/v1",
  "/client/v4/accounts/account/ai/v1",
];

test("chat completions are served below every prefix, and by POST only", async () => {
  const { gateway, sent } = recorded();
  for (const prefix of PREFIXES) {
    const path = `${prefix}/chat/completions`;
    assertEquals((await send(gateway, path, { method: "POST", body: BODY })).status, 200, path);
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD"]) {
      const answer = await send(gateway, path, { method });
      assertEquals([answer.status, answer.headers.get("allow")], [405, "POST, OPTIONS"], method);
      if (method !== "HEAD") assertEquals(errorOf(answer).code, "2104");
    }
  }
  assertEquals(sent.length, PREFIXES.length);
});

test("dialects to come are 501 in their own shape, below every prefix", async () => {
  const { gateway } = recorded();
  for (const prefix of PREFIXES) {
    const responses = await send(gateway, `${prefix}/responses`, { method: "POST", body: "{}" });
    assertEquals([responses.status, errorOf(responses).code], [501, "2105"], prefix);
    assertStringIncludes(errorOf(responses).message, "/chat/completions");
    const count = `${prefix}/messages/count_tokens`;
    const answer = await send(gateway, count, { method: "POST", body: "{}" });
    assertEquals(answer.status, 501);
    const { type, error, request_id } = JSON.parse(answer.text) as Record<string, unknown>;
    assertEquals(type, "error");
    assertEquals((error as { type: string }).type, "api_error");
    assertEquals(request_id, answer.headers.get("request-id"));
    assertEquals(answer.headers.get("x-request-id"), null);
  }
});

test("OpenAI's other literals are no accounts: each names its native path, for every method", async () => {
  const { gateway } = recorded();
  const literals = ["files", "images/generations", "audio/speech", "batches/b_1", "moderations"];
  const more = [
    "completions",
    "fine_tuning/jobs",
    "vector_stores/v/files",
    "assistants",
    "realtime",
  ];
  for (const literal of [...literals, ...more]) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await send(gateway, `/v1/${literal}`, { method });
      assertEquals([answer.status, errorOf(answer).code], [404, "2103"], literal);
      assertStringIncludes(answer.text, `/v1/{account}/{gateway}/openai/${literal}`);
    }
  }
});

const CLOUDFLARE: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/client/v4/accounts/account/ai-gateway/gateways"],
];

test("management is 501 in Cloudflare's envelope", async () => {
  const { gateway } = recorded();
  for (const [method, path] of CLOUDFLARE) {
    const answer = await send(gateway, path, { method });
    assertEquals(answer.status, 501, path);
    const body = JSON.parse(answer.text) as Record<string, unknown>;
    const { message } = body;
    assertEquals(body, {
      success: false,
      result: [],
      messages: [],
      error: [{ code: 2105, message }],
      name: "AiGatewayError",
      httpCode: 501,
      internalCode: 2105,
      message,
      description: body.description,
    });
  }
});

test("what is nowhere is 404 and says what is somewhere", async () => {
  const { gateway } = recorded();
  const paths = ["/nothing", "/v1", "/v2/chat/completions", "/v1/account", "/chat/completions"];
  for (
    const path of [...paths, "/v1/account/default/compat/nothing", "/client/v4", "//v1/models"]
  ) {
    for (const method of ["GET", "POST"]) {
      const answer = await send(gateway, path, { method });
      assertEquals([answer.status, errorOf(answer).code], [404, "2103"], path);
      assertStringIncludes(errorOf(answer).message, "what works is");
    }
  }
  const long = await send(gateway, `/${"x".repeat(5000)}`);
  assert(long.text.length < 1500);
});

test("an unknown gateway is Cloudflare's 2001, which its clients know", async () => {
  const { gateway } = recorded();
  const answer = await send(gateway, "/v1/account/nope/compat/chat/completions", {
    method: "POST",
    body: BODY,
  });
  assertEquals([answer.status, errorOf(answer).code], [400, "2001"]);
  assertStringIncludes(answer.text, "default");
  const universal = await send(gateway, "/v1/account/nope", { method: "POST", body: "[]" });
  const { error, success } = JSON.parse(universal.text) as {
    error: { code: number }[];
    success: boolean;
  };
  assertEquals([universal.status, success, error[0]?.code], [400, false, 2001]);
});

test("HEAD answers like GET without a body, errors too", async () => {
  const { gateway } = recorded();
  for (const path of ["/", "/health", "/ready", "/v1/models", "/v1/models/x", "/nothing"]) {
    const [get, head] = [await send(gateway, path), await send(gateway, path, { method: "HEAD" })];
    assertEquals([head.status, head.text], [get.status, ""], path);
    assertEquals(head.headers.get("content-type"), get.headers.get("content-type"));
  }
});

test("OPTIONS lists the methods of a path without asking who calls", async () => {
  const { gateway } = recorded({ gateways: { default: { accessKeys: ["ak-0123456789"] } } });
  const rows: [string, string][] = [
    ["/v1/chat/completions", "POST, OPTIONS"],
    ["/v1/models", "GET, HEAD, OPTIONS"],
    ["/health", "GET, HEAD, OPTIONS"],
  ];
  for (const [path, allow] of rows) {
    const answer = await send(gateway, path, { method: "OPTIONS" });
    assertEquals([answer.status, answer.headers.get("allow"), answer.text], [204, allow, ""]);
  }
});

test("a base path is taken off, and nothing is served beside it", async () => {
  const { gateway } = recorded({ basePath: "/ai" });
  for (const path of ["/ai", "/ai/", "/ai/health", "/ai/v1/models"]) {
    assertEquals((await send(gateway, path)).status, 200, path);
  }
  for (const path of ["/", "/health", "/v1/models", "/aix/health", "/ai/ai/health", "/AI/health"]) {
    assertEquals((await send(gateway, path)).status, 404, path);
  }
  assertStringIncludes((await send(gateway, "/ai")).text, "/ai/v1/chat/completions");
});

test("a malformed percent-encoding in a path is 404, not a defect", async () => {
  const { gateway } = recorded();
  for (const path of ["/v1/models/%E0%A4%A", "/v1/a%ZZ/default/compat/chat/completions"]) {
    const method = path.includes("models") ? "GET" : "POST";
    const answer = await send(gateway, path, { method });
    assertEquals(answer.status, 404, answer.text);
  }
});

test("the table's order never lets a literal be an account", () => {
  const paths = PATH_TABLE.map(({ path }) => path);
  const firstAccount = paths.findIndex((path) => path.startsWith("/v1/:account"));
  assert(firstAccount > 0);
  for (const path of paths.slice(firstAccount)) {
    assertFalse(/^\/v1\/[a-z]/.test(path), path);
  }
  assertEquals(paths.at(-1), "*");
});
