/** What is asked with each vendor's own SDK, and what must be understood of the answer. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { Mistral } from "@mistralai/mistralai";
import { CohereClientV2 } from "cohere-ai";
import Groq from "groq-sdk";
import OpenAI, { toFile } from "openai";

/** One use of an SDK. */
export interface SdkCall {
  name: string;
  slug: string;
  /** Asks at a base URL, and gives what was understood. */
  ask(baseURL: string, apiKey: string): Promise<unknown>;
  /** Below the provider's origin, where the SDK wants its base URL to say more. */
  basePath?: string;
  /** Where a stored key is shown; default: `authorization`. */
  keyHeader?: string;
}

const messages = [{ role: "user" as const, content: "When is low tide in Zürich? 🌊" }];
const options = { maxRetries: 0 };

async function joined<T>(stream: AsyncIterable<T>, textOf: (part: T) => string | null | undefined) {
  let text = "";
  for await (const part of stream) text += textOf(part) ?? "";
  return text;
}

const anthropic = (baseURL: string, apiKey: string) =>
  new Anthropic({ baseURL, apiKey, ...options });
const google = (baseUrl: string, apiKey: string) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
const cohere = (baseUrl: string, token: string) =>
  new CohereClientV2({ token, baseUrl, maxRetries: 0 });
const mistral = (serverURL: string, apiKey: string) => new Mistral({ serverURL, apiKey });
const groq = (baseURL: string, apiKey: string) => new Groq({ baseURL, apiKey, ...options });
const openai = (baseURL: string, apiKey: string) => new OpenAI({ baseURL, apiKey, ...options });

export const CALLS: readonly SdkCall[] = [
  {
    name: "@anthropic-ai/sdk, whole",
    slug: "anthropic",
    keyHeader: "x-api-key",
    async ask(baseURL, apiKey) {
      const client = anthropic(baseURL, apiKey);
      const { content } = await client.messages.create({ model: "m-1", max_tokens: 9, messages });
      return content[0]?.type === "text" && content[0].text;
    },
  },
  {
    name: "@anthropic-ai/sdk, stream",
    slug: "anthropic",
    keyHeader: "x-api-key",
    async ask(baseURL, apiKey) {
      const client = anthropic(baseURL, apiKey);
      const stream = client.messages.stream({ model: "m-1", max_tokens: 9, messages });
      return await stream.finalText();
    },
  },
  {
    name: "@google/genai, whole",
    slug: "google-ai-studio",
    keyHeader: "x-goog-api-key",
    async ask(baseUrl, apiKey) {
      const contents = messages[0]!.content;
      const answer = await google(baseUrl, apiKey).models.generateContent({
        model: "m-1",
        contents,
      });
      return answer.text;
    },
  },
  {
    name: "@google/genai, stream",
    slug: "google-ai-studio",
    keyHeader: "x-goog-api-key",
    async ask(baseUrl, apiKey) {
      const contents = messages[0]!.content;
      const client = google(baseUrl, apiKey);
      const stream = await client.models.generateContentStream({ model: "m-1", contents });
      return await joined(stream, ({ text }) => text);
    },
  },
  {
    name: "cohere-ai",
    slug: "cohere",
    async ask(baseUrl, apiKey) {
      const { message } = await cohere(baseUrl, apiKey).chat({ model: "m-1", messages });
      const [part] = message?.content ?? [];
      return part?.type === "text" && part.text;
    },
  },
  {
    name: "@mistralai/mistralai, whole",
    slug: "mistral",
    async ask(serverURL, apiKey) {
      const { choices } = await mistral(serverURL, apiKey).chat.complete({
        model: "m-1",
        messages,
      });
      return choices?.[0]?.message?.content;
    },
  },
  {
    name: "@mistralai/mistralai, stream",
    slug: "mistral",
    async ask(serverURL, apiKey) {
      const stream = await mistral(serverURL, apiKey).chat.stream({ model: "m-1", messages });
      return await joined(stream, ({ data }) => String(data.choices[0]?.delta.content ?? ""));
    },
  },
  {
    name: "groq-sdk, whole",
    slug: "groq",
    async ask(baseURL, apiKey) {
      const client = groq(baseURL, apiKey);
      const { choices } = await client.chat.completions.create({ model: "m-1", messages });
      return choices[0]?.message.content;
    },
  },
  {
    name: "groq-sdk, stream",
    slug: "groq",
    async ask(baseURL, apiKey) {
      const client = groq(baseURL, apiKey);
      const request = { model: "m-1", messages, stream: true } as const;
      const stream = await client.chat.completions.create(request);
      return await joined(stream, ({ choices }) => choices[0]?.delta.content);
    },
  },
  {
    name: "openai, chat",
    slug: "openai",
    basePath: "/v1",
    async ask(baseURL, apiKey) {
      const client = openai(baseURL, apiKey);
      const { choices } = await client.chat.completions.create({ model: "m-1", messages });
      return choices[0]?.message.content;
    },
  },
  {
    name: "openai, chat as a stream",
    slug: "openai",
    basePath: "/v1",
    async ask(baseURL, apiKey) {
      const client = openai(baseURL, apiKey);
      const request = { model: "m-1", messages, stream: true } as const;
      const stream = await client.chat.completions.create(request);
      return await joined(stream, ({ choices }) => choices[0]?.delta.content);
    },
  },
  {
    name: "openai, responses",
    slug: "openai",
    basePath: "/v1",
    async ask(baseURL, apiKey) {
      const client = openai(baseURL, apiKey);
      return (await client.responses.create({ model: "m-1", input: "Tide?" })).output_text;
    },
  },
  {
    name: "openai, embeddings",
    slug: "openai",
    basePath: "/v1",
    async ask(baseURL, apiKey) {
      const request = { model: "m-1", input: "tide", encoding_format: "float" } as const;
      const { data } = await openai(baseURL, apiKey).embeddings.create(request);
      return data[0]?.embedding;
    },
  },
  {
    name: "openai, a file by multipart",
    slug: "openai",
    basePath: "/v1",
    async ask(baseURL, apiKey) {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 256);
      const file = await toFile(bytes, "a.jsonl");
      return (await openai(baseURL, apiKey).files.create({ file, purpose: "batch" })).id;
    },
  },
];
