/** Every recorded question, asked of every vendor who describes what he takes. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import type { CallerCodec, EncodedRequest } from "../../lib/chat/codec.ts";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../lib/codecs/bedrock_converse/mod.ts";
import { cohereChat } from "../../lib/codecs/cohere_chat/mod.ts";
import { geminiGenerate } from "../../lib/codecs/gemini_generate/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { isGatewayError } from "../../lib/errors.ts";
import { scanObject } from "../../lib/json/scan_object.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { needs, type Recorded, recordedAs } from "../codecs/recorded.ts";
import { NO_SPECS } from "../support/specs/mod.ts";
import { sentFault } from "../support/specs/sent.ts";

type Json = Record<string, unknown>;

/** Whose dialect a recorded question is in. */
interface Source {
  files: RegExp;
  /** Whose specification the question itself keeps to. */
  slug: string;
  caller: CallerCodec;
  /** To whom its own words would be passed on as they are, in case he knows them. */
  notTo?: readonly string[];
}

const openai = openaiChat();
const FAITHFUL = ["openai", "azure-openai"];
const SOURCES: Source[] = [
  { files: /openai\/openai\.chat--/, slug: "openai", caller: openai },
  { files: /mistral\.chat--/, slug: "mistral", caller: openai, notTo: FAITHFUL },
  { files: /groq\.chat--/, slug: "groq", caller: openai, notTo: FAITHFUL },
  { files: /(?<!vertex\.)anthropic\.messages--/, slug: "anthropic", caller: anthropicMessages() },
  {
    files: /vertex\.anthropic\.messages--/,
    slug: "google-vertex-ai",
    caller: anthropicMessages(),
  },
  {
    files: /gemini\.\w+enerateContent--/i,
    slug: "google-ai-studio",
    caller: geminiGenerate(),
  },
  {
    files: /vertex\.\w+enerateContent--/i,
    slug: "google-vertex-ai",
    caller: geminiGenerate(),
  },
  { files: /cohere\.v2\.chat--/, slug: "cohere", caller: cohereChat() },
  { files: /bedrock\.converse(-stream)?--/, slug: "aws-bedrock", caller: bedrockConverse() },
];

/** Models of every kind that a codec writes for in its own way. */
const MODELS: Record<string, string[]> = {
  openai: ["gpt-4o-mini", "gpt-5-mini"],
  "azure-openai": ["gpt-5-mini"],
  anthropic: ["claude-3-haiku-20240307", "claude-sonnet-4-5-20250929", "claude-opus-4-6"],
  "google-ai-studio": ["gemini-3-pro-preview", "gemini-2.5-flash", "gemini-2.0-flash"],
  "google-vertex-ai": [
    "google/gemini-3-pro-preview",
    "google/gemini-2.5-flash",
    "anthropic/claude-sonnet-4-5@20250929",
    "mistralai/mistral-medium-3",
  ],
  cohere: ["command-a-03-2025", "command-a-reasoning-08-2025"],
  "aws-bedrock": [
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "us.amazon.nova-2-lite-v1:0",
    "mistral.mistral-large-2407-v1:0",
  ],
  mistral: ["mistral-large-2512", "magistral-medium-2509"],
  groq: ["llama-3.3-70b-versatile", "openai/gpt-oss-120b", "qwen/qwen3-32b"],
};

const pathOf = ({ request }: Recorded) => new URL(request.url.replace(/<[A-Z_]+>/, "x")).pathname;

/** OpenAI itself says that it watches no films. */
const watches = (slug: string, body: string) =>
  FAITHFUL.includes(slug) && body.includes('"type":"video_url"');

/** Questions that were answered, and that keep to the specification of those they were put to. */
function asked({ files, slug }: Source): Recorded[] {
  return recordedAs(files).filter((recording) => {
    const { request: { body }, response: { status } } = recording;
    return status === 200 && body && sentFault(slug, pathOf(recording), body) === undefined;
  });
}

/** A question in the words of a provider, translated and, where that can be, relayed. */
function sendings({ caller }: Source, recording: Recorded, slug: string, model: string) {
  const { codec: all } = PROVIDERS.get(slug)!;
  const codec = all.forModel?.(model) ?? all;
  const { body } = recording.request;
  const decoded = attempt(() => caller.decodeRequest(body!, pathOf(recording)));
  if (decoded === undefined) return [];
  const options = { model, stream: decoded.stream };
  const ways: (() => EncodedRequest)[] = [() => codec.encodeRequest(decoded, options)];
  const { relay, protocol } = codec;
  if (relay !== undefined && protocol === caller.protocol) {
    ways.push(() => relay.relayRequest(scanObject(JSON.stringify(body)), options));
  }
  return ways.flatMap((send) => attempt(send) ?? []);
}

/** Nothing where the gateway itself says what can't be sent. */
function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

for (const [slug, models] of Object.entries(MODELS)) {
  test(`recorded questions, sent to ${slug}, are what its specification takes`, (t) => {
    if (!needs(t, recordedAs(/\.json$/))) return;
    if (sentFault("openai", "", {}) === null) return t.skip(NO_SPECS);
    for (const source of SOURCES) {
      if (source.notTo?.includes(slug)) continue;
      for (const recording of asked(source)) {
        for (const model of models) {
          for (const { path, body } of sendings(source, recording, slug, model)) {
            if (watches(slug, body)) continue;
            const fault = sentFault(slug, path, JSON.parse(body) as Json);
            assertEquals(fault, undefined, `${recording.id}, ${model}`);
          }
        }
      }
    }
  });
}

test("most recorded questions keep to the specification of those they were put to", (t) => {
  const all = SOURCES.flatMap(({ files }) => recordedAs(files));
  if (!needs(t, all)) return;
  if (sentFault("openai", "", {}) === null) return t.skip(NO_SPECS);
  assert(SOURCES.flatMap(asked).length > all.length / 2);
});
