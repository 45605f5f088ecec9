import { test } from "node:test";
import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { GatewayError } from "../../lib/errors.ts";
import type { FetchInit } from "../../lib/fetch_like.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { signedBedrock } from "../../lib/providers/signed_bedrock.ts";
import { configurationOf } from "../../lib/serve/environment.ts";
import { encodeAwsMessage } from "../../lib/stream/aws_event_stream.ts";
import { concatBytes } from "../../lib/stream/bytes.ts";
import { faultsOf } from "../options/support.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { CREDENTIALS, signature } from "../support/sigv4.ts";
import { chat, errorOf, recorded, type Sent } from "../support/recorder.ts";

const ANSWER = {
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
};
const HEADERS = { "content-type": "application/json", "x-amzn-requestid": "req-1" };
const answering = () => new Response(JSON.stringify(ANSWER), { headers: HEADERS });

const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const bedrock = (settings: object, answer: (init: FetchInit) => Response = answering) =>
  recorded({
    providers: { "aws-bedrock": settings },
    clock: new FakeClock(Date.UTC(2015, 7, 30, 12, 36)),
  } as GatewayOptions, answer);

test("a region gives the address, and Bedrock's own key is shown as Bearer", async () => {
  const { gateway, sent } = bedrock({ apiKey: "bedrock-api-key-1", region: "eu-west-1" });
  const { status, headers, text } = await chat(gateway, { model: `aws-bedrock/${MODEL}` });
  assertEquals(status, 200, text);
  const host = "https://bedrock-runtime.eu-west-1.amazonaws.com";
  assertEquals(sent[0]?.url, `${host}/model/${encodeURIComponent(MODEL)}/converse`);
  assertEquals(sent[0]?.headers.authorization, "Bearer bedrock-api-key-1");
  assertEquals(headers.get("dragoman-upstream-request-id"), "req-1");
  assertEquals(JSON.parse(text).choices[0].message.content, "Hello");
});

test("without a region the error names it", async () => {
  const { gateway } = bedrock({ apiKey: "k" });
  const got = await chat(gateway, { model: `bedrock/${MODEL}` });
  assertStringIncludes(got.text, "AWS_REGION");
});

const frame = (kind: string, type: string, body: object) =>
  encodeAwsMessage({ [`:${kind}-type`]: type, ":message-type": kind }, JSON.stringify(body));

function streaming(...frames: Uint8Array[]): () => Response {
  const type = "application/vnd.amazon.eventstream";
  return () => new Response(concatBytes(frames) as BodyInit, { headers: { "content-type": type } });
}

const HI = [
  frame("event", "messageStart", { role: "assistant" }),
  frame("event", "contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hi" } }),
];

test("a stream of frames becomes OpenAI's, and counts that come after the end are not lost", async () => {
  const { gateway, sent } = bedrock(
    { apiKey: "k", region: "us-east-1" },
    streaming(
      ...HI,
      frame("event", "contentBlockStop", { contentBlockIndex: 0 }),
      frame("event", "messageStop", { stopReason: "end_turn" }),
      frame("event", "metadata", { usage: ANSWER.usage }),
    ),
  );
  const { text } = await chat(gateway, {
    model: `aws-bedrock/${MODEL}`,
    stream: true,
    stream_options: { include_usage: true },
  });
  assert(sent[0]?.url.endsWith("/converse-stream"));
  assert(text.includes('"content":"Hi"') && text.includes('"total_tokens":3'));
  assert(text.endsWith("data: [DONE]\n\n"));
});

test("an exception amid a stream is one error event, and no end mark; before content it is a status", async () => {
  const exception = frame("exception", "throttlingException", { message: "Too many" });
  const late = bedrock({ apiKey: "k", region: "us-east-1" }, streaming(...HI, exception));
  const { text } = await chat(late.gateway, { model: `aws-bedrock/${MODEL}`, stream: true });
  assertStringIncludes(text, '"message":"Too many"');
  assertFalse(text.includes("[DONE]"));
  const early = bedrock({ apiKey: "k", region: "us-east-1" }, streaming(exception));
  const got = await chat(early.gateway, { model: `aws-bedrock/${MODEL}`, stream: true });
  assertEquals([got.status, errorOf(got).message], [429, "Too many"]);
});

const DATETIME = "20150830T123600Z";

test("the recipe of these tests gives the signatures of Amazon's own test suite", () => {
  const given = {
    datetime: DATETIME,
    region: "us-east-1",
    service: "service",
    path: "/",
    body: "",
  };
  const headers = { host: "example.amazonaws.com", "x-amz-date": DATETIME };
  // post-vanilla
  assertEquals(
    signature({ ...given, headers }),
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  );
});

const hostOf = (region: string) => `bedrock-runtime.${region}.amazonaws.com`;

/** Whether a call bears the signature that the recipe gives for it. */
function assertSigned(call: Sent | undefined, region: string, sessionToken?: string): void {
  const { pathname, host } = new URL(call!.url);
  const authorization = call!.headers.authorization!;
  assertEquals(host, hostOf(region));
  const headers = {
    host,
    "x-amz-date": DATETIME,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  // The path as it is sent, and each step of it encoded once more.
  const path = pathname.split("/").map(encodeURIComponent).join("/");
  const facts = { datetime: DATETIME, region, service: "bedrock", path, headers, body: call!.text };
  assertEquals(
    authorization,
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/${region}/bedrock/aws4_request, ` +
      `SignedHeaders=${Object.keys(headers).sort().join(";")}, Signature=${signature(facts)}`,
  );
  assertEquals(call!.headers["x-amz-security-token"], sessionToken);
}

test("access keys sign every request, for the configured region", async () => {
  const { gateway, sent } = bedrock({ ...CREDENTIALS, region: "eu-west-1" });
  for (const stream of [false, true]) {
    await chat(gateway, { model: `aws-bedrock/${MODEL}`, stream });
    assertSigned(sent.pop(), "eu-west-1");
  }
  const session = bedrock({ ...CREDENTIALS, sessionToken: "TOKEN//==", region: "us-east-1" });
  const got = await chat(session.gateway, { model: `aws-bedrock/${MODEL}` });
  assertEquals(got.status, 200, got.text);
  assertSigned(session.sent[0], "us-east-1", "TOKEN//==");
  assertEquals(session.sent[0]?.headers["content-type"], "application/json");
});

test("names of models are one step of the path, and signed as they are sent", async () => {
  const arn = "arn:aws:bedrock:us-east-1:123456789012";
  const names = [
    "anthropic.claude-3-haiku-20240307-v1:0",
    "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "apac.amazon.nova-lite-v1:0",
    `${arn}:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
    `${arn}:application-inference-profile/a1b2c3d4e5f6`,
    `${arn}:provisioned-model/x-y_z.1`,
  ];
  const { gateway, sent } = bedrock({ ...CREDENTIALS, region: "us-east-1" });
  for (const name of names) {
    const got = await chat(gateway, { model: `aws-bedrock/${name}` });
    assertEquals(got.status, 200, got.text);
    const call = sent.pop();
    const path = `/model/${encodeURIComponent(name)}/converse`;
    assertEquals(call?.url, `https://${hostOf("us-east-1")}${path}`);
    assertSigned(call, "us-east-1");
  }
});

test("case 4: no name of a model leaves its step of the path", async () => {
  const { gateway, sent } = bedrock({ ...CREDENTIALS, region: "us-east-1" });
  for (
    const name of ["../../x", "a?b#c", "//evil.example", "%2e%2e", "\\evil", "a b", "é", "a\n"]
  ) {
    const got = await chat(gateway, { model: `aws-bedrock/${name}` });
    assertEquals(got.status, 200, got.text);
    const { host, pathname, search, hash } = new URL(sent.pop()!.url);
    assertEquals([host, search, hash], [hostOf("us-east-1"), "", ""]);
    assertEquals(pathname, `/model/${encodeURIComponent(name)}/converse`);
  }
  for (const name of [".", "..", "\ud800"]) {
    const got = await chat(gateway, { model: `aws-bedrock/${name}` });
    assertEquals([got.status, errorOf(got).param, sent.length], [400, "model", 0], got.text);
  }
});

test("such a pair may also be one document: stored under an alias, or brought by a request, with its region", async () => {
  const document = JSON.stringify({ ...CREDENTIALS, region: "ap-southeast-2" }, null, 1);
  const stored = bedrock({ keys: { sydney: document }, region: "us-east-1" });
  const model = `aws-bedrock/${MODEL}`;
  await chat(stored.gateway, { model }, { "cf-aig-byok-alias": "sydney" });
  assertSigned(stored.sent[0], "ap-southeast-2");
  for (const key of [JSON.stringify(JSON.parse(document)), btoa(document)]) {
    const { gateway, sent } = bedrock({});
    const got = await chat(gateway, { model }, { authorization: `Bearer ${key}` });
    assertEquals(got.status, 200, got.text);
    assertSigned(sent[0], "ap-southeast-2");
  }
});

test("case 5: a region never makes another host", async () => {
  for (
    const region of ["evil.com/", "us-east-1.evil.com", "us-east-1\n", "../x", "us", "US-EAST-1"]
  ) {
    const { gateway, sent } = bedrock({});
    const key = btoa(JSON.stringify({ ...CREDENTIALS, region }));
    const got = await chat(gateway, { model: "bedrock/m" }, { authorization: key });
    assertEquals([got.status, errorOf(got).code, sent.length], [401, "2118", 0], region);
    assertEquals(faultsOf({ providers: { "aws-bedrock": { region } } }).length, 1);
  }
  assertEquals(faultsOf({ providers: { "aws-bedrock": { region: "global" } } }), [
    "providers.aws-bedrock.region must be one of this provider's, such as us-east-1",
  ]);
});

test("an address that names its region needs no other word for it, any other does", async () => {
  const baseUrl = `https://${hostOf("us-west-2")}`;
  const named = bedrock({ ...CREDENTIALS, baseUrl });
  await chat(named.gateway, { model: "bedrock/m" });
  assertSigned(named.sent[0], "us-west-2");
  const proxy = bedrock({ ...CREDENTIALS, baseUrl: "https://proxy.example" });
  const got = await chat(proxy.gateway, { model: "bedrock/m" });
  assertEquals([errorOf(got).code, proxy.sent.length], ["2040", 0]);
  assertStringIncludes(errorOf(got).message, "AWS_REGION");
});

test("a key that a request brings is shown, and nothing is signed", async () => {
  const { gateway, sent } = bedrock({ ...CREDENTIALS, region: "us-east-1" });
  await chat(gateway, { model: "bedrock/m" }, { authorization: "Bearer own-key" });
  assertEquals(sent[0]?.headers.authorization, "Bearer own-key");
  assertFalse("x-amz-date" in sent[0]!.headers);
});

test("credentials that change are asked for at every call, and a region that is none is an error at once", async () => {
  let count = 0;
  const credentials = () => Promise.resolve({ ...CREDENTIALS, sessionToken: `S${++count}` });
  const definition = signedBedrock({ credentials, region: "eu-central-1" });
  const { gateway, sent } = bedrock({ definition });
  for (const token of ["S1", "S2"]) {
    await chat(gateway, { model: "bedrock/m" });
    assertSigned(sent.pop(), "eu-central-1", token);
  }
  const broken = signedBedrock({
    credentials: () => Promise.reject(new Error("the role has gone")),
    region: "eu-central-1",
  });
  const got = await chat(bedrock({ definition: broken }).gateway, { model: "bedrock/m" });
  assertEquals(got.status, 502);
  assertThrows(() => signedBedrock({ credentials, region: "evil.com/" }), GatewayError, "region");
});

test("what is wrong with such keys is an error at start, without the keys", () => {
  const faults = (settings: object) => faultsOf({ providers: { "aws-bedrock": settings } });
  const path = "providers.aws-bedrock";
  const lacks = "accessKeyId and secretAccessKey are one key";
  assertEquals(faults({ accessKeyId: "AKID" }), [`${path} lacks secretAccessKey: ${lacks}`]);
  assertEquals(faults({ sessionToken: "t" }), [`${path} lacks accessKeyId: ${lacks}`]);
  assertEquals(faults({ apiKey: '{"accessKeyId":"A"}' }), [
    `${path}.apiKey lacks secretAccessKey: ${lacks}`,
  ]);
  assertEquals(faults({ ...CREDENTIALS, apiKey: "k" }), [
    `${path} has both apiKey and accessKeyId, which are the same: give one`,
  ]);
  assertEquals(faults({ accessKeyID: "A" }), [
    `${path}.accessKeyID is not an option (did you mean "accessKeyId"?)`,
  ]);
  assertEquals(faultsOf({ providers: { groq: CREDENTIALS } }), [
    "providers.groq cannot have accessKeyId: its key is the option apiKey",
  ]);
});

/** What a program that stands alone makes of these variables. */
function configure(env: Record<string, string>, own?: object) {
  const file = own && { providers: { "aws-bedrock": own } } as GatewayOptions;
  const { options, keySources } = configurationOf({
    env,
    readText: () => "",
    ...(file && { file }),
  });
  return { ...options.providers?.["aws-bedrock"], from: keySources.get("aws-bedrock") };
}

const PAIR = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
};

test("the variables of Amazon's own programs are read, Bedrock's key first", async () => {
  const env = { ...PAIR, AWS_SESSION_TOKEN: "T", AWS_REGION: "us-east-1" };
  const { from, ...settings } = configure(env);
  assertEquals(settings, { ...CREDENTIALS, sessionToken: "T", region: "us-east-1" });
  assertEquals(from, "AWS_ACCESS_KEY_ID");
  const { gateway, sent } = bedrock(settings);
  await chat(gateway, { model: "bedrock/m" });
  assertSigned(sent[0], "us-east-1", "T");
  assertEquals(configure({ ...PAIR, AWS_BEARER_TOKEN_BEDROCK: "b" }), {
    apiKey: "b",
    from: "AWS_BEARER_TOKEN_BEDROCK",
  });
  assertEquals(configure({ AWS_ACCESS_KEY_ID: "AKID" }), { from: undefined });
});

test("a pair is never half from the file and half from the environment", () => {
  const own = { accessKeyId: "OTHER", secretAccessKey: "s" };
  assertEquals(configure({ ...PAIR, AWS_SESSION_TOKEN: "T", AWS_BEARER_TOKEN_BEDROCK: "b" }, own), {
    ...own,
    from: "providers.aws-bedrock.accessKeyId",
  });
  assertEquals(configure(PAIR, { apiKey: "k" }), {
    apiKey: "k",
    from: "providers.aws-bedrock.apiKey",
  });
});

test("without a key the error names all that would be one", async () => {
  const { gateway } = bedrock({ region: "us-east-1" });
  const { message } = errorOf(await chat(gateway, { model: "bedrock/m" }));
  for (
    const name of [
      "AWS_BEARER_TOKEN_BEDROCK",
      "AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY",
      "providers.aws-bedrock.accessKeyId with providers.aws-bedrock.secretAccessKey",
    ]
  ) assertStringIncludes(message, name);
});

test("what Amazon says in anger never repeats a secret", async () => {
  const { gateway } = bedrock(
    { ...CREDENTIALS, sessionToken: "SESSION-TOKEN", region: "us-east-1" },
    () =>
      Response.json({ message: `no ${CREDENTIALS.secretAccessKey} SESSION-TOKEN` }, {
        status: 403,
      }),
  );
  const got = await chat(gateway, { model: "bedrock/m" });
  assertEquals([got.status, errorOf(got).message], [403, "no [redacted] [redacted]"]);
});
