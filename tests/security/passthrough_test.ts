/** Cases 1, 3, 4, 13, 16, 24 and 43 on native paths. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { test } from "node:test";
import { createGateway } from "../support/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";

const STORED = "sk-stored-0123456789";
const ACCESS = "ak-canary-0123456789abcdef";
const LOCKED = { gateways: { default: { accessKeys: [ACCESS] } } };

async function ask(
  path: string,
  headers: Record<string, string> = {},
  options: GatewayOptions = {},
  answer = () => new Response("{}"),
) {
  const sent: { url: string; headers: Record<string, string> }[] = [];
  const gateway = createGateway({
    providers: { openai: { apiKey: STORED, baseUrl: "https://proxy.test/tenant-1/v1" } },
    ...options,
    fetch: (url, init) => {
      sent.push({ url, headers: init.headers });
      return Promise.resolve(answer());
    },
  });
  const response = await gateway.fetch(
    new Request(`http://localhost/v1/acme/default/${path}`, { headers }),
  );
  return { status: response.status, sent, text: await response.text(), headers: response.headers };
}

test("case 4: no path leaves the address that the slug stands for", async () => {
  for (
    const path of [
      "..%2f..%2fadmin",
      "%2e%2e%2fadmin",
      "x/..%5c..%5cadmin",
      "%252e%252e%252fadmin",
      "x%2f..%2f..%2fadmin",
      "..%252f..%252fadmin",
      "%2e%2e;/admin",
      "..%3b/admin",
    ]
  ) {
    const { status, sent, text } = await ask(`openai/${path}`);
    assertEquals([status, sent.length], [400, 0], path);
    assertEquals(JSON.parse(text).error[0].code, 2127);
  }
});

test("case 4: absolute addresses, users and double slashes stay below the base URL", async () => {
  for (
    const path of [
      "/evil.test/x",
      "@evil.test/x",
      "https://evil.test/x",
      "https:%2f%2fevil.test",
      ":80/x",
    ]
  ) {
    const { sent } = await ask(`openai/${path}`);
    const { origin, pathname, username } = new URL(sent[0]!.url);
    assertEquals([origin, username], ["https://proxy.test", ""], path);
    assert(pathname.startsWith("/tenant-1/v1/"), pathname);
  }
});

test("case 1: nothing a caller sends chooses who gets the stored key", async () => {
  const { sent } = await ask("openai/v1/models?base_url=https://evil.test", {
    "x-fal-target-url": "https://evil.test/",
    "x-portkey-custom-host": "https://evil.test/",
    "x-forwarded-host": "evil.test",
  });
  assertEquals(new URL(sent[0]!.url).origin, "https://proxy.test");
});

test("cases 13 and 43: an access key reaches no provider, from whichever position", async () => {
  const positions: [string, string][] = [
    ["authorization", `Bearer ${ACCESS}`],
    ["authorization", `Token ${ACCESS}`],
    ["authorization", `Basic ${btoa(`user:${ACCESS}`)}`],
    ["authorization", `Bearer sk-mine, Bearer ${ACCESS}`],
    ["x-api-key", ACCESS],
    ["x-goog-api-key", ACCESS],
    ["api-key", ACCESS],
    ["xi-api-key", ACCESS],
    ["cf-aig-authorization", `Bearer ${ACCESS}`],
  ];
  for (const [name, value] of positions) {
    const { status, sent } = await ask("openai/v1/models", { [name]: value }, LOCKED);
    assertEquals(status, 200, name);
    assertFalse(JSON.stringify(sent).includes(ACCESS), name);
    assertEquals(sent[0]?.headers.authorization, `Bearer ${STORED}`);
  }
});

test("case 43: an access key is taken out of headers in which no client puts one, and they alone", async () => {
  for (const name of ["x-auth-token", "x-access-key", "x-secret"]) {
    const headers = {
      "cf-aig-authorization": `Bearer ${ACCESS}`,
      [name]: `Bearer ${ACCESS}`,
      "x-token-budget": "1024",
    };
    const { sent } = await ask("openai/v1/models", headers, LOCKED);
    assertFalse(JSON.stringify(sent).includes(ACCESS), name);
    assertEquals(sent[0]?.headers["x-token-budget"], "1024");
  }
});

test("case 43: an access key reaches no provider in a query, whatever the parameter and however often", async () => {
  for (
    const query of [
      `key=${ACCESS}`,
      `a=1&key=x-mine&key=${ACCESS}`,
      `token=${ACCESS}`,
      `%6bey=${ACCESS}`,
    ]
  ) {
    const headers = { "cf-aig-authorization": `Bearer ${ACCESS}` };
    const { sent } = await ask(`openai/v1/models?${query}`, headers, LOCKED);
    assertEquals(sent.length, 1);
    assertFalse(JSON.stringify(sent).includes(ACCESS), query);
  }
});

test("case 16: native paths ask for an access key like all others", async () => {
  for (const slug of ["openai", "nebius", "custom-x"]) {
    const { status, sent } = await ask(`${slug}/v1/models`, {}, LOCKED);
    assertEquals([status, sent.length], [401, 0]);
  }
});

test("case 3: a redirect is relayed with the stored key taken out of it, and not followed", async () => {
  const location = `https://evil.test/?k=${STORED}`;
  const answer = () => new Response(null, { status: 307, headers: { location } });
  const { status, sent, headers } = await ask("openai/v1/models", {}, {}, answer);
  assertEquals([status, sent.length], [307, 1]);
  assertEquals(headers.get("location"), "https://evil.test/?k=[redacted]");
});

test("case 24: a stored key that an answer repeats is taken out, wherever its pieces are split", async () => {
  const text =
    `data: {"error":"Incorrect API key provided: ${STORED}."}\n\ndata: sk-stored sk-\n\n`;
  const bytes = new TextEncoder().encode(text);
  for (const [status, type] of [[401, "application/json"], [200, "text/event-stream"]] as const) {
    for (const size of [1, 3, 7, bytes.length]) {
      const answer = () => {
        let at = 0;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (at >= bytes.length) return controller.close();
            controller.enqueue(bytes.slice(at, at += size));
          },
        });
        return new Response(body, { status, headers: { "content-type": type } });
      };
      const got = await ask("openai/v1/models", {}, {}, answer);
      assertEquals(got.status, status);
      assertEquals(got.text, text.replace(STORED, "[redacted]"));
    }
  }
});
