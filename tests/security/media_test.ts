/** Cases 2 and 6: media that callers name by an address, and what such an address may try. */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import { isPublicAddress, maybePublicHost } from "../../lib/upstream/public_address.ts";
import { FakeClock, settled } from "../support/fake_clock.ts";
import { mediaScene, page, PNG, png, PNG_BASE64 } from "../support/media.ts";
import { errorOf, type Got } from "../support/recorder.ts";

const PATH = "messages[1].content[1].image_url";

function refused(answer: Got, what: string): string {
  assertEquals([answer.status, errorOf(answer).code], [400, "2124"], `${what}: ${answer.text}`);
  return errorOf(answer).message;
}

/** Addresses that must not be asked, in every spelling. */
const FORBIDDEN = [
  "http://localhost/",
  "http://LOCALHOST./",
  "https://sub.localhost/",
  "http://127.0.0.1/",
  "http://127.0.0.1./",
  "http://127.1/",
  "http://2130706433/",
  "http://017700000001/",
  "http://0x7f000001/",
  "http://0x7f.0.0.1/",
  "http://0177.0.0.01/",
  "http://0/",
  "http://0.0.0.0/",
  "http://10.0.0.5/",
  "http://100.64.0.1/",
  "http://100.100.100.200/latest/meta-data/",
  "http://168.63.129.16/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.1.1/",
  "http://192.0.0.192/",
  "http://198.18.0.1/",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
  "http://①②⑦.⓪.⓪.①/",
  "http://[::]/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
  "http://[64:ff9b:1::a00:1]/",
  "http://[2002:7f00:1::]/",
  "http://[2001::1]/",
  "http://[2001:db8::1]/",
  "http://[3fff::1]/",
  "http://[fc00::1]/",
  "http://[fd00:ec2::254]/",
  "http://[fe80::1]/",
  "http://[fec0::1]/",
  "http://[ff02::1]/",
  "http://metadata/",
  "http://metadata.google.internal/computeMetadata/v1/",
  "http://metadata.google.internal./",
  "http://printer.local/",
  "http://router.home.arpa/",
  "http://intranet/",
  "https://user@cdn.example.com/a.png",
  "https://user:pass@cdn.example.com/a.png",
  "https://cdn.example.com:22/",
  "https://cdn.example.com:8443/",
  "http://cdn.example.com:443/",
  "https://cdn.example.com:80/",
  "ftp://cdn.example.com/a.png",
  "file:///etc/passwd",
  "gopher://cdn.example.com/",
  "javascript:alert(1)",
  "//cdn.example.com/a.png",
  "/etc/passwd",
  "https://",
];

test("an address that is not the public's is never asked, however it is spelt", async () => {
  const { ask, sent, visits } = mediaScene();
  for (const uri of FORBIDDEN) {
    const answer = await ask(uri);
    refused(answer, uri);
    assertEquals(errorOf(answer).param, PATH, uri);
  }
  assertEquals([visits.length, sent.length], [0, 0]);
});

test("a host that is the operator's choice must be public all the same", async () => {
  const hosts = ["*.example.com", "cdn.example.org", "cdn.example.net:8443"];
  const { ask, visits } = mediaScene({}, { hosts });
  const good = [
    "https://cdn.example.com/a.png",
    "https://CDN.EXAMPLE.ORG/a.png",
    "https://cdn.example.net:8443/a.png",
  ];
  for (const uri of good) assertEquals((await ask(uri)).status, 200, uri);
  const bad = [
    "https://example.com/",
    "https://evilexample.com/",
    "https://cdn.example.org.evil.test/",
    "https://cdn.example.org:8443/",
    "https://cdn.example.net/",
    "https://evil.example.org/",
    "https://cdn.example.com:8443/",
    "http://127.0.0.1/",
    "http://169.254.169.254/",
  ];
  for (const uri of bad) refused(await ask(uri), uri);
  assertEquals(visits.length, good.length);
});

test("every hop of a redirect is looked at as the first address was", async () => {
  for (const location of FORBIDDEN.filter((uri) => URL.canParse(uri) && !uri.startsWith("//"))) {
    const web = { "https://cdn.example.com/a": () => page(302, { location }) };
    const { ask, sent, visits } = mediaScene(web);
    refused(await ask("https://cdn.example.com/a"), location);
    assertEquals([visits.length, sent.length], [1, 0], location);
  }
  const down = mediaScene({
    "https://cdn.example.com/a": () => page(301, { location: "http://cdn.example.com/a" }),
  });
  assertStringIncludes(refused(await down.ask("https://cdn.example.com/a"), "down"), "to http");
});

test("three redirects are followed, relative ones too, and a fourth is not", async () => {
  const to = (location: string) => () => page(307, { location });
  const web = {
    "https://a.example.com/0": to("/1"),
    "https://a.example.com/1": to("https://b.example.com/2"),
    "https://b.example.com/2": to("?x=3"),
    "https://c.example.com/0": to("https://a.example.com/0"),
  };
  const good = mediaScene(web);
  assertEquals((await good.ask("https://a.example.com/0")).status, 200);
  assertEquals(good.visits.length, 4);
  const bad = mediaScene(web);
  refused(await bad.ask("https://c.example.com/0"), "four");
  assertEquals([bad.visits.length, bad.sent.length], [4, 0]);
});

test("nothing of the caller's goes along: no credential, cookie or header of his", async () => {
  const { gateway, visits } = mediaScene();
  const body = JSON.stringify({
    model: "bedrock/amazon.nova-lite-v1:0",
    messages: [{
      role: "user",
      content: [{
        type: "image_url",
        image_url: { url: "https://cdn.example.com/a.png#part" },
      }],
    }],
  });
  await gateway.fetch("http://localhost/v1/chat/completions", {
    method: "POST",
    headers: {
      authorization: "Bearer caller-key",
      cookie: "session=1",
      "x-forwarded-for": "1.2.3.4",
      traceparent: "00-1-2-01",
    },
    body,
  });
  const [visit] = visits;
  assert(visit !== undefined);
  const { url, init } = visit;
  assertEquals(url, "https://cdn.example.com/a.png");
  assertEquals(Object.keys(init.headers).sort(), ["accept", "user-agent"]);
  assertEquals([init.method, init.redirect, init.body], ["GET", "manual", undefined]);
});

/** A body that never ends, and notes how much of it was taken. */
function endless(piece: Uint8Array): { response: () => Response; taken: () => number } {
  let taken = 0;
  const body = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        taken += piece.length;
        controller.enqueue(piece);
      },
    }, { highWaterMark: 0 });
  const headers = { "content-type": "image/png" };
  return { response: () => new Response(body(), { headers }), taken: () => taken };
}

test("more bytes than the limit are not read", async () => {
  const big = endless(new Uint8Array(1000));
  const web = {
    "https://cdn.example.com/endless": big.response,
    "https://cdn.example.com/honest": () =>
      new Response(PNG, { headers: { "content-length": "999999999" } }),
  };
  const { ask, sent } = mediaScene(web, { maxBytes: 5000 });
  assertStringIncludes(refused(await ask("https://cdn.example.com/endless"), "endless"), "5000");
  assert(big.taken() <= 8000, String(big.taken()));
  refused(await ask("https://cdn.example.com/honest"), "honest");
  assertEquals(sent.length, 0);
});

test("all of one request together stay within bodyLimit, and within a count", async () => {
  const padded = () => new Response(new Uint8Array([...PNG, ...new Uint8Array(1500)]));
  const uris = [1, 2, 3].map((each) => `https://cdn.example.com/${each}`);
  const web = Object.fromEntries(uris.map((uri) => [uri, padded]));
  const tight = mediaScene(web, {}, { bodyLimit: 4000 });
  assertEquals((await tight.ask(uris[0]!, uris[1]!)).status, 200);
  assertStringIncludes(refused(await tight.ask(...uris), "together"), "4000");
  const few = mediaScene({}, { maxCount: 2 });
  assertEquals((await few.ask(uris[0]!, uris[0]!, uris[1]!)).status, 200);
  assertStringIncludes(refused(await few.ask(...uris), "count"), "maxCount");
  assertEquals(few.visits.length, 2);
});

test("a host that says nothing, or drips, is given up after the time allowed", async () => {
  const never = () => new Promise<never>(() => {});
  const web = {
    "https://cdn.example.com/silent": never,
    "https://cdn.example.com/drip": () => new Response(new ReadableStream({ pull: never })),
  };
  for (const uri of Object.keys(web)) {
    const clock = new FakeClock();
    const { ask, sent } = mediaScene(web, { timeout: 3000 }, { clock });
    const asking = ask(uri);
    await settled();
    clock.advance(3000);
    assertStringIncludes(refused(await asking, uri), "3000 ms");
    assertEquals(sent.length, 0);
  }
});

test("what a server calls a picture is looked at before it is believed", async () => {
  const answers: Record<string, [BodyInit, string]> = {
    html: ["<html>secret</html>", "image/png"],
    json: ['{"token":"secret"}', "image/jpeg"],
    pdf: ["%PDF-1.7 …", "image/png"],
    empty: ["", "image/png"],
    script: ["#!/bin/sh\n", "text/plain"],
  };
  for (const [name, [body, type]] of Object.entries(answers)) {
    const uri = `https://cdn.example.com/${name}`;
    const web = { [uri]: () => new Response(body, { headers: { "content-type": type } }) };
    const { ask, sent } = mediaScene(web);
    assertFalse(refused(await ask(uri), name).includes("secret"));
    assertEquals(sent.length, 0);
  }
});

test("why a host can't be reached is not told, since that would map a network", async () => {
  const web = {
    "https://cdn.example.com/a": () => Promise.reject(new TypeError("ECONNREFUSED 10.1.2.3:443")),
    "https://cdn.example.com/b": () => page(403),
  };
  const { ask } = mediaScene(web);
  const message = refused(await ask("https://cdn.example.com/a"), "refused");
  assertEquals(message, `Cannot fetch ${PATH}: its host can't be reached`);
  assertStringIncludes(refused(await ask("https://cdn.example.com/b"), "403"), "status 403");
});

test("an address is not repeated in an error, since it may hold a secret", async () => {
  const { ask } = mediaScene({ "https://cdn.example.com/?sig=hush": () => page(404) });
  assertFalse((await ask("https://cdn.example.com/?sig=hush")).text.includes("hush"));
});

test("only one in four addresses at a time is asked", async () => {
  let open = 0;
  let most = 0;
  const slow = async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open--;
    return png();
  };
  const uris = Array.from({ length: 12 }, (_, i) => `https://cdn.example.com/${i}`);
  const { ask, sent } = mediaScene(Object.fromEntries(uris.map((uri) => [uri, slow])));
  assertEquals((await ask(...uris)).status, 200);
  assertEquals(most, 4);
  assertEquals(sent[0]?.text.split(PNG_BASE64).length, 13);
});

test("an address of a resolver's is public or not, whatever its form", () => {
  for (const address of ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::8"]) {
    assert(isPublicAddress(address), address);
  }
  const others = ["::ffff:8.8.8.8", "fe80::1%eth0", "", "localhost", "1.1.1.1/", "999.1.1.1", "::"];
  for (const address of others) assertFalse(isPublicAddress(address), address);
  assert(maybePublicHost("cdn.example.com"));
  assertFalse(maybePublicHost("host.docker.internal"));
});
