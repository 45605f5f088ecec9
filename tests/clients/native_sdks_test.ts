/**
 * Every vendor's own SDK, once straight at a provider and once through the gateway's native path: what arrives there
 * must be the same, but for what the headers' policy says.
 */
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { after, before, test } from "node:test";
import { throughDoor } from "../support/ways.ts";
import { answerTo } from "./native_sdks/answers.ts";
import { CALLS, type SdkCall } from "./native_sdks/calls.ts";
import { type Arrival, type RecordingUpstream, recordingUpstream } from "./native_sdks/upstream.ts";

const OWN_KEY = "sk-own-0123456789";
const STORED_KEY = "sk-stored-0123456789";

const way = throughDoor();
let upstream: RecordingUpstream;

before(async () => {
  upstream = await recordingUpstream(answerTo);
});

after(async () => {
  await way.close();
  await upstream.close();
});

/** Which belong to one connection, or say who passed the request on; one SDK sends an empty cookie. */
const POLICY = ["accept-encoding", "connection", "cookie", "host", "keep-alive", "via"];

/** A form is sent on as it comes: counted or in chunks, as each runtime's `fetch` frames a stream. */
const FRAMING = ["content-length", "transfer-encoding"];

const KEY_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"];

/** What arrived, without what differs from one request of an SDK to its next. */
function comparable({ method, target, headers, body }: Arrival) {
  const boundary = /boundary=(\S+)/.exec(headers["content-type"] ?? "")?.[1];
  const plain = (text: string) => boundary ? text.replaceAll(boundary, "BOUNDARY") : text;
  const text = Array.from(body, (byte) => String.fromCharCode(byte)).join("");
  const sent: [string, string][] = Object.entries(headers)
    .filter(([name]) => !POLICY.includes(name) && !(boundary && FRAMING.includes(name)))
    .map(([name, value]) => [name, plain(value)]);
  return { method, target, headers: Object.fromEntries(sent), body: plain(text) };
}

function withoutKey(arrival: Arrival) {
  const { headers, ...rest } = comparable(arrival);
  for (const name of KEY_HEADERS) delete headers[name];
  return { ...rest, headers };
}

/** Asks through the gateway, with a stored key or without. */
async function askThrough({ slug, ask }: SdkCall, key: string, stored: string | undefined) {
  await way.open({
    providers: { [slug]: { baseUrl: upstream.origin, ...(stored && { apiKey: stored }) } },
  });
  return await ask(`http://127.0.0.1:${await way.port()}/v1/account/default/${slug}`, key);
}

for (const call of CALLS) {
  test(`${call.name}: what arrives is what the SDK sends without us`, async () => {
    const direct = await call.ask(upstream.origin + (call.basePath ?? ""), OWN_KEY);
    const [before] = upstream.arrivals.splice(0);
    const through = await askThrough(call, OWN_KEY, undefined);
    const [arrived] = upstream.arrivals.splice(0);
    assertEquals(comparable(arrived!), comparable(before!));
    assertEquals(through, direct);
    assert(direct);
  });

  test(`${call.name}: a stored key stands where the SDK's own would`, async () => {
    await call.ask(upstream.origin + (call.basePath ?? ""), STORED_KEY);
    const [before] = upstream.arrivals.splice(0);
    await askThrough(call, "dragoman", STORED_KEY);
    const [arrived] = upstream.arrivals.splice(0);
    assertEquals(withoutKey(arrived!), withoutKey(before!));
    const header = call.keyHeader ?? "authorization";
    assertStringIncludes(arrived!.headers[header]!, STORED_KEY);
    assertFalse(JSON.stringify(arrived!.headers).includes('dragoman"'));
  });
}
