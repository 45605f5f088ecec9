/** CORS: off by default, and only for listed origins. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { chat, recorded, send } from "../support/recorder.ts";

const ORIGIN = "https://app.example";
const LOCKED = { default: { accessKeys: ["ak-0123456789"] } };
const KEY = { "cf-aig-authorization": "Bearer ak-0123456789" };

const corsOf = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => /^access-control|^vary/.test(name)));

test("without the option no answer has a CORS header", async () => {
  const { gateway } = recorded({ gateways: LOCKED });
  const answer = await chat(gateway, {}, { ...KEY, origin: ORIGIN });
  assertEquals([answer.status, corsOf(answer.headers)], [200, {}]);
});

test("a listed origin may read every answer, errors too", async () => {
  const { gateway } = recorded({ gateways: LOCKED, cors: { origins: [ORIGIN] } });
  for (const headers of [{ ...KEY, origin: ORIGIN }, { origin: ORIGIN }]) {
    const cors = corsOf((await chat(gateway, {}, headers)).headers);
    assertEquals([cors["access-control-allow-origin"], cors.vary], [ORIGIN, "origin"]);
    assertStringIncludes(cors["access-control-expose-headers"] ?? "", "dragoman-warnings");
    assertEquals(cors["access-control-allow-credentials"], undefined);
  }
});

test("any other origin gets no permission, and caches are told", async () => {
  const { gateway } = recorded({ gateways: LOCKED, cors: { origins: [ORIGIN] } });
  for (const origin of ["https://evil.example", "null", "https://app.example.evil.example"]) {
    const { headers } = await chat(gateway, {}, { ...KEY, origin });
    assertEquals(corsOf(headers), { vary: "origin" });
  }
});

test("a star lets every page read the answers of a gateway with keys", async () => {
  const { gateway } = recorded({ gateways: LOCKED, cors: { origins: ["*"] } });
  const { status, headers } = await chat(gateway, {}, { ...KEY, origin: "https://any.example" });
  assertEquals([status, corsOf(headers)["access-control-allow-origin"]], [200, "*"]);
});

test("a preflight is answered without a key, and names what may be sent", async () => {
  const { gateway, sent } = recorded({ gateways: LOCKED, cors: { origins: [ORIGIN] } });
  const headers = {
    origin: ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-stainless-os",
  };
  const answer = await send(gateway, "/v1/chat/completions", { method: "OPTIONS", headers });
  const cors = corsOf(answer.headers);
  assertEquals(answer.status, 204);
  assertEquals(cors["access-control-allow-origin"], ORIGIN);
  assertEquals(cors["access-control-allow-headers"], headers["access-control-request-headers"]);
  assert(cors["access-control-allow-methods"]?.includes("POST"));
  assertEquals(sent.length, 0);
});
