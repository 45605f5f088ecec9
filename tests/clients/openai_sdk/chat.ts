/** Whole answers through OpenAI's own client. */
import { assert, assertEquals } from "@std/assert";
import { GREETING, OWN_KEY, STORED_KEY } from "../../support/strict_openai.ts";
import { ASK, onEachDoor } from "../doors.ts";

onEachDoor("a chat is answered, and the model's name travels bare", async ({ client, openai }) => {
  const answer = await client.chat.completions.create({
    model: "openai/gpt-5-mini",
    messages: ASK,
  });
  assertEquals(answer.choices[0]?.message.content, GREETING);
  assertEquals(answer.choices[0]?.finish_reason, "stop");
  assertEquals(answer.model, "gpt-5-mini-2025-08-07");
  assertEquals(answer.usage?.prompt_tokens_details?.cached_tokens, 4);
  assertEquals(answer.usage?.completion_tokens_details?.reasoning_tokens, 3);
  assertEquals(openai.last.body, { model: "gpt-5-mini", messages: ASK });
  assertEquals(openai.last.path, "/v1/chat/completions");
  assertEquals(openai.last.headers.authorization, `Bearer ${STORED_KEY}`);
});

onEachDoor("an answer tells its request id, its log id and who gave it", async ({ client }) => {
  const { data, response, request_id } = await client.chat.completions
    .create({ model: "openai/gpt-5-mini", messages: ASK }).withResponse();
  assert(/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(request_id ?? ""), String(request_id));
  assertEquals(Reflect.get(data, "_request_id"), request_id);
  assertEquals(response.headers.get("cf-aig-log-id"), request_id);
  assertEquals(response.headers.get("cf-aig-provider"), "openai");
  assertEquals(response.headers.get("cf-aig-model"), "gpt-5-mini");
  assertEquals(response.headers.get("dragoman-upstream-request-id"), "req_upstream");
  assertEquals(response.headers.get("set-cookie"), null);
});

onEachDoor("the address of the Unified API serves the same client", async ({ connect, openai }) => {
  for (const path of ["/v1/account/default/compat", "/v1/account/default/compat/v1", "/v1/v1"]) {
    const answer = await connect({ path }).chat.completions.create({
      model: "openai/gpt-4o-mini",
      messages: ASK,
    });
    assertEquals(answer.choices[0]?.message.content, GREETING);
  }
  assertEquals(openai.requests.length, 3);
});

onEachDoor("max_tokens is renamed for reasoning models only", async ({ client, openai }) => {
  const limits: unknown[] = [];
  for (const model of ["openai/gpt-5-mini", "openai/o4-mini", "openai/gpt-4o-mini"]) {
    await client.chat.completions.create({ model, messages: ASK, max_tokens: 64 });
    limits.push([openai.last.body.max_tokens, openai.last.body.max_completion_tokens]);
  }
  assertEquals(limits, [[undefined, 64], [undefined, 64], [64, undefined]]);
});

onEachDoor("every parameter of the protocol arrives as it was sent", async ({ client, openai }) => {
  const parameters = {
    frequency_penalty: 0.5,
    logit_bias: { "50256": -100 },
    metadata: { team: "ferry", ünï: "cödé" },
    prediction: { type: "content" as const, content: "Good" },
    prompt_cache_key: "k",
    reasoning_effort: "low" as const,
    safety_identifier: "u-1",
    seed: 7,
    service_tier: "flex" as const,
    stop: ["\n", "END"],
    store: false,
    temperature: 0.1,
    top_p: 0.9,
    verbosity: "low" as const,
  };
  const messages = [
    { role: "developer" as const, content: "Be brief." },
    { role: "user" as const, content: "Hi", name: "Ada" },
    { role: "assistant" as const, content: [{ type: "refusal" as const, refusal: "No." }] },
    { role: "user" as const, content: "Please." },
  ];
  await client.chat.completions.create({ model: "openai/gpt-4o-mini", messages, ...parameters });
  assertEquals(openai.last.body, { model: "gpt-4o-mini", messages, ...parameters });
});

onEachDoor("several choices come back in order", async ({ client, openai }) => {
  openai.turns.push({ texts: ["One.", "Two.", "Three."] });
  const answer = await client.chat.completions.create({
    model: "openai/gpt-4o-mini",
    messages: ASK,
    n: 3,
  });
  assertEquals(answer.choices.map(({ index, message }) => [index, message.content]), [
    [0, "One."],
    [1, "Two."],
    [2, "Three."],
  ]);
});

onEachDoor("log probabilities pass through", async ({ client, openai }) => {
  openai.turns.push({ texts: ["Ja."] });
  const answer = await client.chat.completions.create({
    model: "openai/gpt-4o-mini",
    messages: ASK,
    logprobs: true,
    top_logprobs: 1,
  });
  const [token] = answer.choices[0]?.logprobs?.content ?? [];
  assertEquals([token?.token, token?.logprob, token?.bytes], ["Ja.", -0.25, [74, 97, 46]]);
  assertEquals(token?.top_logprobs.length, 1);
});

const WEATHER = {
  type: "json_schema" as const,
  json_schema: {
    name: "weather",
    strict: true,
    schema: {
      type: "object",
      properties: { city: { type: "string" }, celsius: { type: "number" } },
      required: ["city", "celsius"],
      additionalProperties: false,
    },
  },
};

onEachDoor("structured output is parsed by the client", async ({ client, openai }) => {
  openai.turns.push({ texts: ['{"city":"Zürich","celsius":-3.5}'] });
  const answer = await client.chat.completions.parse({
    model: "openai/gpt-5-mini",
    messages: ASK,
    response_format: WEATHER,
  });
  assertEquals(answer.choices[0]?.message.parsed, { city: "Zürich", celsius: -3.5 });
  assertEquals(openai.last.body.response_format, WEATHER);
});

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==";

onEachDoor("images, files and sound arrive unchanged", async ({ client, openai }) => {
  const content = [
    { type: "text" as const, text: "What is this?" },
    { type: "image_url" as const, image_url: { url: PIXEL, detail: "low" as const } },
    { type: "image_url" as const, image_url: { url: "https://example.com/a%20b.png?x=1&y=ü" } },
    {
      type: "file" as const,
      file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0xLjQK" },
    },
    { type: "file" as const, file: { file_id: "file-123" } },
    { type: "input_audio" as const, input_audio: { data: "UklGRg==", format: "wav" as const } },
  ];
  const messages = [{ role: "user" as const, content }];
  await client.chat.completions.create({ model: "openai/gpt-4o-mini", messages });
  assertEquals(openai.last.body.messages, messages);
});

onEachDoor("a large image travels whole", async ({ client, openai }) => {
  const url = `data:image/jpeg;base64,${"/9j/4AAQSkZJRgABAQ".repeat(60_000)}`;
  const messages = [{
    role: "user" as const,
    content: [{ type: "image_url" as const, image_url: { url } }],
  }];
  await client.chat.completions.create({ model: "openai/gpt-4o-mini", messages });
  assert(openai.last.text.includes(url));
});

onEachDoor("the list of models holds what the gateway can name", async ({ client }) => {
  const models = await client.models.list();
  assertEquals(models.data.map(({ id, object }) => [id, object]), [
    ["demo/echo", "model"],
    ["demo/backup", "model"],
  ]);
  const model = await client.models.retrieve("demo/echo");
  assertEquals([model.id, model.owned_by], ["demo/echo", "demo"]);
});

onEachDoor("OpenAI's own headers go to OpenAI only", async ({ connect, openai, ollama }) => {
  const client = connect({
    apiKey: OWN_KEY,
    organization: "org-ferry",
    project: "proj-ferry",
    defaultHeaders: { "openai-beta": "tides=v1" },
  });
  await client.chat.completions.create({ model: "openai/gpt-5-mini", messages: ASK });
  await client.chat.completions.create({ model: "ollama/llama3.2:1b", messages: ASK });
  const names = ["openai-organization", "openai-project", "openai-beta"];
  assertEquals(names.map((name) => openai.last.headers[name]), [
    "org-ferry",
    "proj-ferry",
    "tides=v1",
  ]);
  assertEquals(names.filter((name) => name in ollama.last.headers), []);
});

onEachDoor("of a caller's headers only those of tracing go on", async ({ client, openai }) => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  await client.chat.completions.create({ model: "openai/gpt-5-mini", messages: ASK }, {
    headers: {
      traceparent,
      "x-client-request-id": "mine-1",
      "cf-aig-metadata": '{"user":"ada"}',
      "dragoman-strict": "true",
      cookie: "session=1",
      "x-forwarded-for": "10.0.0.1",
      "x-tide": "high",
    },
    idempotencyKey: "once",
  });
  const { headers } = openai.last;
  assertEquals([headers.traceparent, headers["x-client-request-id"]], [traceparent, "mine-1"]);
  const unwanted = Object.keys(headers).filter((name) =>
    /^(cf-|dragoman-|x-stainless-|x-forwarded-|x-tide|cookie)/.test(name)
  );
  assertEquals(unwanted, []);
  assert(String(headers["user-agent"]).startsWith("dragoman/"), headers["user-agent"]);
});
