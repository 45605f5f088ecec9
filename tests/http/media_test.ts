/** Media by address, for providers that fetch them and for providers that don't. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { Gateway } from "../../lib/gateway.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { mediaScene, page, PNG_BASE64, showing } from "../support/media.ts";
import { chat, errorOf, send } from "../support/recorder.ts";

const PICTURE = "https://cdn.example.com/a.png";
const OFF = false as const;

/** Providers that don't fetch what a request names, and those that do. */
const PROVIDERS: NonNullable<GatewayOptions["providers"]> = {
  "workers-ai": { apiKey: "k-workers", accountId: "acc" },
  "google-ai-studio": { apiKey: "k-gemini" },
  "google-vertex-ai": { apiKey: "ya29.token", project: "acme-prod" },
  anthropic: { apiKey: "k-anthropic" },
  openai: { apiKey: "k-openai" },
  mistral: { apiKey: "k-mistral" },
};

const NOT_FETCHING = [
  "bedrock/amazon.nova-lite-v1:0",
  "workers-ai/@cf/meta/llama-3.2-11b-vision-instruct",
  "gemini/gemini-2.0-flash",
  "gemini/gemma-3-27b-it",
  "vertex/anthropic/claude-sonnet-4-5",
  "ollama/llava",
];

test("what a provider doesn't fetch is a 400 that names the part and the way out", async () => {
  const { gateway, sent } = mediaScene({}, OFF, { providers: PROVIDERS });
  for (const model of NOT_FETCHING) {
    const answer = await chat(
      gateway,
      showing(model, [`data:image/png;base64,${PNG_BASE64}`, PICTURE]),
    );
    assertEquals([answer.status, errorOf(answer).code], [400, "2123"], model + answer.text);
    assertEquals(errorOf(answer).param, "messages[1].content[2].image_url", model);
    assertStringIncludes(errorOf(answer).message, "messages[1].content[2].image_url");
    assertStringIncludes(errorOf(answer).message, "fetchMedia");
  }
  assertEquals(sent.length, 0);
});

test("switched on, it is fetched and sent inside the request, by whichever protocol", async () => {
  const { gateway, sent, visits } = mediaScene({}, {}, { providers: PROVIDERS });
  for (const model of NOT_FETCHING) {
    sent.length = 0;
    await chat(gateway, showing(model, [PICTURE]));
    assertEquals(sent.length, 1, model);
    assertStringIncludes(sent[0]!.text, PNG_BASE64, model);
    assertStringIncludes(sent[0]!.text, "png", model);
    assertEquals(sent[0]!.text.includes(PICTURE), false, model);
  }
  assertEquals(visits.length, NOT_FETCHING.length);
});

test("a provider that fetches by itself gets the address, and nothing is fetched for it", async () => {
  const { gateway, sent, visits } = mediaScene({}, {}, { providers: PROVIDERS });
  const models = [
    "openai/gpt-5",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-3-pro",
    "mistral/m",
  ];
  for (const model of models) {
    sent.length = 0;
    await chat(gateway, showing(model, [PICTURE]));
    assertStringIncludes(sent[0]!.text, PICTURE, model);
  }
  assertEquals(visits.length, 0);
});

test("Google's own places stay addresses for every model of Google's", async () => {
  const { gateway, sent, visits } = mediaScene({}, {}, { providers: PROVIDERS });
  const places = [
    "https://generativelanguage.googleapis.com/v1beta/files/abc",
    "https://www.youtube.com/watch?v=abc",
    "gs://bucket/a.png",
  ];
  await chat(gateway, showing("gemini/gemini-2.0-flash", places));
  for (const place of places) assertStringIncludes(sent[0]!.text, place);
  assertEquals(visits.length, 0);
});

const ROUTE = [
  "bedrock/amazon.nova-lite-v1:0",
  "workers-ai/@cf/meta/llama-3.2-11b-vision-instruct",
  "openai/gpt-5",
];

const STEPS: GatewayOptions = {
  providers: PROVIDERS,
  gateways: { default: { routes: { r: ROUTE } } },
};
const busy = () => new Response("{}", { status: 503 });

test("a plan's steps share what was fetched, and one that needs nothing gets the address", async () => {
  const { gateway, sent, visits } = mediaScene({}, {}, STEPS, busy);
  assertEquals((await chat(gateway, showing("r", [PICTURE, PICTURE]))).status, 503);
  assertEquals(sent.map(({ text }) => text.split(PNG_BASE64).length - 1), [2, 2, 0]);
  assertStringIncludes(sent[2]!.text, PICTURE);
  assertEquals(visits.length, 1);
});

test("what can't be fetched is tried once, and a step that doesn't need it still answers", async () => {
  const { gateway, sent, visits } = mediaScene({ [PICTURE]: () => page(404) }, {}, STEPS);
  await chat(gateway, showing("r", [PICTURE]));
  assertEquals([visits.length, sent.length], [1, 1]);
  assertStringIncludes(sent[0]!.url, "api.openai.com");
});

test("media of Anthropic's dialect are fetched too, those inside results of tools included", async () => {
  const { gateway, sent, visits } = mediaScene({
    "https://cdn.example.com/paper.pdf": () => new Response("%PDF-1.7 body"),
  });
  const source = { type: "url", url: PICTURE };
  const messages = [
    {
      role: "user",
      content: [
        { type: "document", source: { type: "url", url: "https://cdn.example.com/paper.pdf" } },
        { type: "text", text: "Look." },
      ],
    },
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "toolu_1", name: "see", input: {} }],
    },
    {
      role: "user",
      content: [{
        type: "tool_result",
        tool_use_id: "toolu_1",
        content: [{ type: "image", source }],
      }],
    },
  ];
  const ask = (gateway: Gateway, model = "bedrock/amazon.nova-lite-v1:0") => {
    const body = JSON.stringify({ model, max_tokens: 9, messages });
    return send(gateway, "/v1/messages", { method: "POST", body });
  };
  assertEquals((await ask(gateway)).status, 200);
  assertStringIncludes(sent[0]!.text, `"format":"pdf"`);
  assertStringIncludes(sent[0]!.text, PNG_BASE64);
  assertEquals(visits.length, 2);
  const off = await ask(mediaScene({}, OFF).gateway);
  assertEquals(off.status, 400);
  assertStringIncludes(off.text, "messages[0].content[0].source");
  const relayed = await ask(
    mediaScene({}, OFF, { providers: PROVIDERS }).gateway,
    "vertex/anthropic/claude-sonnet-4-5",
  );
  assertStringIncludes(relayed.text, "messages[0].content[0].source");
});

test("files by address are inlined for OpenAI, which takes none, and keep their names", async () => {
  const { gateway, sent } = mediaScene(
    { "https://cdn.example.com/paper.pdf": () => new Response("%PDF-1.7 body") },
    {},
    { providers: PROVIDERS },
  );
  const source = { type: "url", url: "https://cdn.example.com/paper.pdf" };
  const content = [{ type: "document", source }, { type: "text", text: "Look." }];
  const body = { model: "openai/gpt-5", max_tokens: 9, messages: [{ role: "user", content }] };
  await send(gateway, "/v1/messages", { method: "POST", body: JSON.stringify(body) });
  const [message] = sent[0]!.body.messages as [{ content: { file?: object }[] }];
  assertEquals(message.content[0]?.file, {
    filename: "paper.pdf",
    file_data: `data:application/pdf;base64,${btoa("%PDF-1.7 body")}`,
  });
});

test("strict mode takes inlined media for no loss", async () => {
  const { gateway, sent } = mediaScene();
  const answer = await chat(gateway, showing("bedrock/amazon.nova-lite-v1:0", [PICTURE]), {
    "dragoman-strict": "true",
  });
  assertEquals([answer.status, sent.length], [200, 1], answer.text);
});

test("a dry run fetches nothing, and says what would be", async () => {
  const { gateway, sent, visits } = mediaScene({}, {}, STEPS);
  const answer = await chat(gateway, showing("r", [PICTURE]), { "dragoman-dry-run": "true" });
  const { steps } = JSON.parse(answer.text) as { steps: { fetches?: string[] }[] };
  const path = ["messages[1].content[1].image_url"];
  assertEquals(steps.map(({ fetches }) => fetches), [path, path, undefined]);
  assertEquals([sent.length, visits.length], [0, 0]);
});

test("a caller who leaves ends the fetches", async () => {
  const controller = new AbortController();
  const signals: AbortSignal[] = [];
  const never = (init: { signal: AbortSignal }) => {
    signals.push(init.signal);
    controller.abort();
    return new Promise<Response>(() => {});
  };
  const { gateway, sent } = mediaScene({ [PICTURE]: never });
  const answer = await gateway.fetch(
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify(showing("bedrock/amazon.nova-lite-v1:0", [PICTURE])),
      signal: controller.signal,
    }),
  );
  assertEquals([answer.status, signals[0]?.aborted, sent.length], [499, true, 0]);
});
