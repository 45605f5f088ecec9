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
    ...await signed(),
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

/** What two providers are shown whose keys are not sent: both load the part of the package that signs. */
async function signed(): Promise<{ aws: string; google: string }> {
  const shown: Record<string, string> = {};
  const gateway = createGateway({
    providers: {
      "aws-bedrock": { accessKeyId: "AKID", secretAccessKey: "secret", region: "us-east-1" },
      "google-vertex-ai": { apiKey: await serviceAccount() },
    },
    fetch: (url, { headers }) => {
      const { host } = new URL(url);
      shown[host] = headers.authorization?.split(" ")[0] ?? "";
      return Promise.resolve(Response.json({ access_token: "token", expires_in: 3600 }));
    },
  });
  for (const model of ["bedrock/m", "vertex/m"]) {
    await gateway.fetch("http://gateway.test/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
    });
  }
  return {
    aws: shown["bedrock-runtime.us-east-1.amazonaws.com"] ?? "nothing",
    google: shown["aiplatform.googleapis.com"] ?? "nothing",
  };
}

async function serviceAccount(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: "SHA-256",
    },
    true,
    ["sign"],
  );
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const base64 = btoa(String.fromCharCode(...der));
  return JSON.stringify({
    type: "service_account",
    project_id: "p",
    client_email: "robot@p.iam.gserviceaccount.com",
    private_key: `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`,
  });
}
