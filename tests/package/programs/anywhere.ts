/** The doors that need no runtime of their own. */
import handler, { createGateway } from "dragoman";
import { ChatDecoderStream, ChatEncoderStream, openaiChat } from "dragoman/codecs/openai_chat";
import { scriptedProvider, text } from "dragoman/testing";
import { createWorker } from "dragoman/workers";
import { ask } from "./ask.ts";

const noWork = { waitUntil() {} };

export async function askAnywhere(): Promise<Record<string, string>> {
  const worker = createWorker({ demo: true, gateways: { default: { open: true } } });
  return {
    module: await ask(createGateway({ demo: true }).fetch),
    default: await ask((request) => handler.fetch(request)),
    worker: await ask((request) => worker.fetch(request, {}, noWork)),
    codec: await repaired(),
    testing: await scripted(),
  };
}

async function repaired(): Promise<string> {
  const chunk = { choices: [{ index: 0, delta: { content: "Hello" }, finish_reason: "stop" }] };
  const codec = openaiChat();
  const stream = new Response(`data: ${JSON.stringify(chunk)}\n\n`).body!
    .pipeThrough(new ChatDecoderStream(codec))
    .pipeThrough(new ChatEncoderStream(codec));
  return (await new Response(stream).text()).slice(-14).trim();
}

async function scripted(): Promise<string> {
  const provider = scriptedProvider([text("Scripted")]);
  const gateway = createGateway({
    providers: { openai: { apiKey: "test" } },
    fetch: provider.fetch,
  });
  const answer = await gateway.fetch("http://gateway.test/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({ model: "openai/m", messages: [{ role: "user", content: "Hello" }] }),
  });
  const { choices } = await answer.json() as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? "nothing";
}
