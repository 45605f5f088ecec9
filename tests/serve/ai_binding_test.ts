/** Workers AI through a Worker's binding, with a binding that plays Cloudflare's. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { type AiBinding, withAiBinding } from "../../lib/serve/ai_binding.ts";
import { createDefaultHandler } from "../../lib/serve/default.ts";
import { createWorker } from "../../lib/serve/workers.ts";

interface Run {
  model: string;
  inputs: Record<string, unknown>;
  options: Parameters<AiBinding["run"]>[2];
}

/** A binding that answers with this, and what it was asked. */
function binding(answer: (run: Run) => Response | Promise<Response>): AiBinding & { runs: Run[] } {
  const runs: Run[] = [];
  return {
    runs,
    async run(model, inputs, options) {
      const run = { model, inputs: inputs as Run["inputs"], options };
      runs.push(run);
      return await answer(run);
    },
  };
}

const MODEL = "@cf/meta/llama-3.1-8b-instruct";
const json = (value: unknown, status = 200) => Response.json(value, { status });

/** Asks a Worker that has nothing but the binding. */
async function ask(ai: AiBinding, more: object = {}, init: RequestInit = {}): Promise<Response> {
  const messages = [{ role: "user", content: "hello" }];
  const body = JSON.stringify({ model: `workers-ai/${MODEL}`, messages, ...more });
  const request = new Request("https://worker.test/v1/chat/completions", {
    method: "POST",
    body,
    ...init,
  });
  return await createDefaultHandler(() => ({})).fetch(request, { AI: ai, DRAGOMAN_OPEN: "1" });
}

test("a chat goes through env.AI, and its answer comes in OpenAI's shape", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const ai = binding(() => json({ response: "Good morning.", usage }));
  const answer = await ask(ai, { max_tokens: 50 });
  const { choices, usage: counted } = await answer.json();
  assertEquals([answer.status, answer.headers.get("cf-aig-provider")], [200, "workers-ai"]);
  assertEquals(choices[0].message.content, "Good morning.");
  assertEquals([choices[0].finish_reason, counted.total_tokens], ["stop", 5]);
  const [{ model, inputs, options }] = ai.runs as [Run];
  assertEquals(model, MODEL);
  assertEquals(inputs, { max_tokens: 50, messages: [{ role: "user", content: "hello" }] });
  assertEquals(options.returnRawResponse, true);
});

test("an answer that is OpenAI's already stays as it is", async () => {
  const message = { role: "assistant", content: "Hi." };
  const choices = [{ index: 0, message, finish_reason: "length" }];
  const answer = await ask(binding(() => json({ id: "x-1", object: "chat.completion", choices })));
  const { id, choices: [choice] } = await answer.json();
  assertEquals([id, choice.message.content, choice.finish_reason], ["x-1", "Hi.", "length"]);
});

test("tool calls without ids get some, and a JSON answer is text", async () => {
  const calls = [{ name: "weather", arguments: { city: "Ulm" } }];
  const { choices: [called] } = await (await ask(
    binding(() => json({ response: null, tool_calls: calls })),
  )).json();
  assertEquals(called.finish_reason, "tool_calls");
  const [call] = called.message.tool_calls;
  assertEquals(call.function, { name: "weather", arguments: '{"city":"Ulm"}' });
  assert(call.id !== "", call.id);
  const { choices: [written] } = await (await ask(binding(() => json({ response: { a: 1 } }))))
    .json();
  assertEquals(written.message.content, '{"a":1}');
});

test("a schema travels bare", async () => {
  const ai = binding(() => json({ response: { a: 1 } }));
  const schema = { type: "object", properties: { a: { type: "number" } } };
  const json_schema = { name: "n", schema };
  await ask(ai, { response_format: { type: "json_schema", json_schema } });
  assertEquals(ai.runs[0]!.inputs.response_format, { type: "json_schema", json_schema: schema });
});

/** A stream in pieces, wherever they cut. */
function streamed(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.subarray(at, at + size));
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const TOKENS = data({ response: "Grü", p: "abc" }) + data({ response: "ße", p: "a" }) +
  data({ response: "", usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }) +
  "data: [DONE]\n\n";

test("a stream comes in OpenAI's shape however it is cut, and ends with a finish", async () => {
  for (const size of [1, 7, 10_000]) {
    const answer = await ask(binding(() => streamed(TOKENS, size)), { stream: true });
    const text = await answer.text();
    const events = text.split("\n\n").filter((part) => part.startsWith("data: {"));
    const choices = events.map((part) => JSON.parse(part.slice(6)).choices[0]);
    const words = choices.map((choice) => choice?.delta.content ?? "").join("");
    assertEquals(words, "Grüße");
    assertEquals(choices.map((choice) => choice?.finish_reason).filter(Boolean), ["stop"]);
    assert(text.endsWith("data: [DONE]\n\n"), text);
  }
});

test("vectors go through env.AI too", async () => {
  const ai = binding(() => json({ shape: [2, 2], data: [[0.5, 1], [0.25, 2]] }));
  const body = JSON.stringify({ model: "@cf/baai/bge-m3", input: ["ebb", "flood"] });
  const request = new Request("https://worker.test/v1/embeddings", { method: "POST", body });
  const handler = createDefaultHandler(() => ({}));
  const answer = await handler.fetch(request, { AI: ai, DRAGOMAN_OPEN: "1" });
  const { data } = await answer.json();
  assertEquals(data.map(({ embedding }: { embedding: number[] }) => embedding), [[0.5, 1], [
    0.25,
    2,
  ]]);
  const [{ model, inputs }] = ai.runs as [Run];
  assertEquals([model, inputs], ["@cf/baai/bge-m3", { text: ["ebb", "flood"] }]);
});

test("an error keeps its status and its words", async () => {
  const failure = { internalCode: 5007, description: "No such model", name: "AiError" };
  const answer = await ask(binding(() => json(failure, 400)));
  assertEquals(answer.status, 400);
  assert((await answer.text()).includes("No such model"));
});

test("a caller who leaves ends the wait, also with a binding that knows no signal", async () => {
  let cancelled = false;
  let answered = (_: Response) => {};
  const late = new Promise<Response>((resolve) => answered = resolve);
  const ai = binding(() => late);
  const caller = new AbortController();
  const asking = ask(ai, { stream: true }, { signal: caller.signal });
  while (ai.runs.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  caller.abort();
  assertEquals((await asking).status, 499);
  assert(ai.runs[0]!.options.signal.aborted);
  answered(new Response(new ReadableStream({ cancel: () => void (cancelled = true) })));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert(cancelled);
});

test("what the options say about Workers AI wins over the binding", () => {
  const env = { AI: binding(() => json({})) };
  for (const own of [{ apiKey: "k" }, { accountId: "a" }, { baseUrl: "https://a.test" }]) {
    const options = { providers: { "workers-ai": own } };
    assertEquals(withAiBinding(options, env), options);
  }
  for (const none of [undefined, {}, { AI: "text" }]) assertEquals(withAiBinding({}, none), {});
  const kept = withAiBinding({ providers: { "workers-ai": { models: ["@cf/a/b"] } } }, env);
  assertEquals(kept.providers?.["workers-ai"]?.models, ["@cf/a/b"]);
});

test("a Worker made from options has the binding too", async () => {
  const ai = binding(() => json({ response: "hi" }));
  const worker = createWorker({ gateways: { default: { open: true } } });
  const body = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hello" }] });
  const request = new Request("https://worker.test/v1/chat/completions", { method: "POST", body });
  const answer = await worker.fetch(request, { AI: ai }, { waitUntil() {} });
  assertEquals((await answer.json()).choices[0].message.content, "hi");
});
