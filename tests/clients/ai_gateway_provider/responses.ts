/** Models that speak OpenAI's Responses API, which the packages of OpenAI and xAI do unless they are told otherwise. */
import { assertEquals } from "@std/assert";
import { createAiGateway } from "ai-gateway-provider";
import { createOpenAI } from "ai-gateway-provider/providers/openai";
import { createXai } from "ai-gateway-provider/providers/xai";
import { generateText, streamText } from "ai";
import { test } from "node:test";
import { type FetchLike, textBody } from "../../../lib/fetch_like.ts";
import { createGateway } from "../../support/gateway.ts";
import type { Model } from "./scene.ts";

const MESSAGE = {
  type: "message",
  id: "msg_1",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text: "Good morning 🐫.", annotations: [] }],
};
const RESPONSE = {
  id: "resp_1",
  object: "response",
  created_at: 1_790_000_000,
  status: "completed",
  model: "m",
  error: null,
  incomplete_details: null,
  output: [MESSAGE],
  usage: {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 8,
  },
};

const begun = { ...RESPONSE, status: "in_progress", output: [], usage: null };
const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
const EVENTS = [
  { type: "response.created", response: begun },
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { ...MESSAGE, status: "in_progress", content: [] },
  },
  { type: "response.output_text.delta", ...place, delta: "Good morning " },
  { type: "response.output_text.delta", ...place, delta: "🐫." },
  { type: "response.output_item.done", output_index: 0, item: MESSAGE },
  { type: "response.completed", response: RESPONSE },
];
const STREAM = EVENTS.map((event, sequence_number) =>
  `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`
).join("");

const MODELS = [
  {
    name: "openai",
    model: createOpenAI()("m") as Model,
    url: "https://api.openai.com/v1/responses",
  },
  { name: "grok", model: createXai()("m") as Model, url: "https://api.x.ai/v1/responses" },
];

for (const { name, model, url } of MODELS) {
  test(`${name}: the Responses API, whole and streamed`, async () => {
    const urls: string[] = [];
    const fetch: FetchLike = (url, init) => {
      urls.push(url);
      const { stream } = JSON.parse(textBody(init)) as { stream?: boolean };
      return Promise.resolve(
        stream === true
          ? new Response(STREAM, { headers: { "content-type": "text/event-stream" } })
          : Response.json(RESPONSE),
      );
    };
    const gateway = createGateway({ providers: { [name]: { apiKey: "k" } }, fetch });
    const aigateway = createAiGateway({ binding: gateway.binding("default") });
    const request = { model: aigateway(model), prompt: "Hello", maxRetries: 0 };
    assertEquals((await generateText(request)).text, "Good morning 🐫.");
    const stream = streamText(request);
    let said = "";
    for await (const piece of stream.textStream) said += piece;
    assertEquals([said, await stream.finishReason], ["Good morning 🐫.", "stop"]);
    assertEquals(urls, [url, url]);
  });
}
