/** The fetch for media: what a name resolves to is checked where the connection is made. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { checkOptions } from "../../lib/options/mod.ts";
import { createLookupFetch, createMediaFetch } from "../../lib/serve/media_fetch.ts";
import { usesProxy } from "../../lib/serve/proxy_rules.ts";
import { runtime } from "../support/runtime.ts";

const skip = runtime === "workerd" ? "workerd has no servers" : false;

const init = () => ({
  method: "GET",
  headers: {},
  redirect: "manual" as const,
  signal: AbortSignal.timeout(5000),
});

/** A server on this machine that nobody may reach, and what a resolver says of the name that leads to it. */
async function withServer(body: (port: number, hits: () => number) => Promise<void>) {
  let hits = 0;
  const server = createServer((_, res) => {
    hits++;
    res.end("secret");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body((server.address() as AddressInfo).port, () => hits);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const PRIVATE = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
  { address: "::ffff:127.0.0.1", family: 6 },
  { address: "10.0.0.1", family: 4 },
];

test(
  "a name that resolves to this machine or its network is not connected to",
  { skip },
  () =>
    withServer(async (port, hits) => {
      for (const scheme of ["http", "https"]) {
        for (const found of [...PRIVATE.map((each) => [each]), PRIVATE, []]) {
          const fetch = createMediaFetch({ resolve: () => Promise.resolve(found) });
          await assertRejects(
            () => fetch(`${scheme}://rebind.example:${port}/`, init()),
            TypeError,
          );
        }
      }
      await assertRejects(() => createMediaFetch()(`http://localhost:${port}/`, init()), TypeError);
      assertEquals(hits(), 0);
    }),
);

test(
  "a connection goes to the address that was looked at, without asking again",
  { skip },
  () =>
    withServer(async (port, hits) => {
      let asked = 0;
      const fetch = createLookupFetch((_, { all }, found) => {
        // Whoever asked a second time would be led elsewhere: that is how rebinding works.
        const address = asked++ === 0 ? "127.0.0.1" : "127.0.0.2";
        if (all === true) found(null, [{ address, family: 4 }]);
        else found(null, address, 4);
      });
      const answer = await fetch(`http://rebind.example:${port}/`, init());
      assertEquals([await answer.text(), asked, hits()], ["secret", 1, 1]);
    }),
);

test("where nothing checks names, hosts must be listed, and the error says how", () => {
  const check = (fetchMedia: unknown, door = {}) =>
    checkOptions({ fetchMedia }, { openByDefault: true, ...door });
  const mediaFetch = () => Promise.reject(new Error("unused"));
  for (const bad of [true, {}, { maxBytes: 5 }]) {
    const error = assertThrowsGateway(() => check(bad));
    assertStringIncludes(error.message, "fetchMedia needs hosts");
  }
  assertEquals(check(false).media, undefined);
  assertEquals(check(undefined).media, undefined);
  assertEquals(check(true, { mediaFetch }).media, {
    fetch: mediaFetch,
    maxBytes: 20_971_520,
    maxTotal: 33_554_432,
    maxCount: 16,
    timeout: 20_000,
  });
  assertEquals(check({ hosts: ["CDN.example.com"] }).media?.hosts, ["cdn.example.com"]);
  assertEquals(check({ fetch: mediaFetch, timeout: 5 }).media?.timeout, 5);
});

test("hosts that can't be meant are an error at once", () => {
  const bad = ["https://cdn.example.com", "cdn.example.com/a", "*", "*.*.com", "a b", "", "*.com."];
  for (const host of [...bad, "localhost", "10.0.0.5", "intranet", "x.internal", "2130706433"]) {
    assertThrowsGateway(() =>
      checkOptions({ fetchMedia: { hosts: [host] } }, { openByDefault: true })
    );
  }
});

function assertThrowsGateway(body: () => unknown): GatewayError {
  try {
    body();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a proxy resolves names anew, so behind one hosts must be listed too", () => {
  assertEquals(usesProxy({ HTTPS_PROXY: "http://proxy:3128" }), true);
  assertEquals(usesProxy({ http_proxy: "proxy:3128" }), true);
  assertEquals(usesProxy({ HTTPS_PROXY: "", NO_PROXY: "*" }), false);
});
