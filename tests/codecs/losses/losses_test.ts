/**
 * What becomes of every parameter, by every protocol: something of the body changes, or a warning names it. Never is
 * it neither.
 */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import type { CallerCodec, EncodedRequest } from "../../../lib/chat/codec.ts";
import { isLoss, type Warning } from "../../../lib/chat/warning.ts";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../../../lib/codecs/openai_chat/mod.ts";
import { isGatewayError } from "../../../lib/errors.ts";
import { createGateway } from "../../support/gateway.ts";
import { chat, errorOf, send } from "../../support/recorder.ts";
import { readDocument } from "../../support/specs/document.ts";
import { NO_SPECS } from "../../support/specs/mod.ts";
import * as anthropic from "./anthropic_samples.ts";
import * as openai from "./openai_samples.ts";
import type { Json, Sample } from "./openai_samples.ts";
import { type LossTarget, NATIVE, OPENAI_LIKE } from "./targets.ts";

/** Where leaving something out is doing what it asks for: `*` stands for every target. */
const GRANTED: Readonly<Record<string, RegExp>> = {
  // These keep to every schema to the letter.
  "response_format.json_schema.strict": /^(anthropic|google|cohere|aws)/,
  // These don't think, or only when they are told to.
  "reasoning_effort=none": /haiku|sonnet-4-5|nova|command-a-03|gemini-2\.0/,
  // A result is told by its call's name.
  "messages.name=tool": /^google/,
};

function granted({ name, with: { reasoning_effort, messages } }: Sample, target: string): boolean {
  const last = (messages as Json[]).at(-1);
  const value = reasoning_effort ?? (name === "messages.name" ? last?.role : undefined);
  const key = value === undefined ? name : `${name}=${value}`;
  return GRANTED[key]?.test(target) === true;
}

function encode(caller: CallerCodec, { codec, model }: LossTarget, body: Json): EncodedRequest {
  const request = caller.decodeRequest(body);
  return codec.encodeRequest(request, { model, stream: request.stream });
}

const told = ({ path, body, headers }: EncodedRequest) => JSON.stringify([path, body, headers]);

/** Whether a warning speaks of the parameter, of a part of it, or of the whole it is a part of. */
function names({ param }: Warning, { name, also }: Sample): boolean {
  return also.includes(param) || `${name}.`.startsWith(`${param}.`) || param.startsWith(`${name}.`);
}

/** What is silently lost, if anything is. */
function fate(caller: CallerCodec, target: LossTarget, sample: Sample): string | undefined {
  try {
    const without = encode(caller, target, sample.without);
    const with_ = encode(caller, target, sample.with);
    if (told(without) !== told(with_)) return undefined;
    if (with_.warnings.some((warning) => names(warning, sample))) return undefined;
  } catch (error) {
    // Media that are not fetched are refused by name, not lost.
    assert(isGatewayError(error) && error.code === 2123, String(error));
    return undefined;
  }
  return granted(sample, target.name) ? undefined : `${target.name}: ${sample.name}`;
}

const CALLERS = [
  ["OpenAI", openaiChat(), openai.OPENAI_SAMPLES, [...NATIVE, ...OPENAI_LIKE]],
  [
    "Anthropic",
    anthropicMessages(),
    anthropic.ANTHROPIC_SAMPLES,
    [...OPENAI_LIKE, ...NATIVE.filter(({ name }) => !name.includes("anthropic/"))],
  ],
] as const;

for (const [whose, caller, samples, targets] of CALLERS) {
  test(`nothing that ${whose}'s callers can say is lost in silence`, () => {
    const lost = targets.flatMap((target) =>
      samples.flatMap((sample) => fate(caller, target, sample) ?? [])
    );
    assertEquals(lost, []);
  });
}

const keys = {
  anthropic: { apiKey: "k" },
  "google-ai-studio": { apiKey: "k" },
  cohere: { apiKey: "k" },
  "aws-bedrock": { apiKey: "k", region: "us-east-1" },
  openai: { apiKey: "k" },
};

test("every loss is a 400 in strict mode, which names it, and nothing is sent", async () => {
  const fetch = () => Promise.reject(new Error("nothing may be sent"));
  const gateway = createGateway({ providers: keys, fetch });
  const strict = { "dragoman-strict": "true" };
  let losses = 0;
  for (const [whose, caller, samples, targets] of CALLERS) {
    for (const target of targets.filter(({ name }) => name.split("/")[0]! in keys)) {
      for (const sample of samples) {
        const warnings = lossesOf(caller, target, sample);
        const [first] = warnings;
        if (first === undefined) continue;
        losses++;
        const body = JSON.stringify({ ...sample.with, model: target.name });
        const answer = whose === "OpenAI"
          ? await chat(gateway, body, strict)
          : await send(gateway, "/v1/messages", { method: "POST", headers: strict, body });
        assertEquals(answer.status, 400, `${target.name}: ${sample.name} ${answer.text}`);
        for (const { param } of warnings) assert(answer.text.includes(param), answer.text);
        if (whose === "OpenAI") assertEquals(errorOf(answer).param, first.param);
      }
    }
  }
  assert(losses > 200, String(losses));
});

function lossesOf(caller: CallerCodec, target: LossTarget, sample: Sample): Warning[] {
  try {
    return encode(caller, target, sample.with).warnings.filter(isLoss);
  } catch {
    return [];
  }
}

/** Names of a schema's properties, those it is composed of included. */
function propertiesOf(schemas: Json, name: string): string[] {
  const { allOf = [], properties = {} } = schemas[name] as { allOf?: Json[]; properties?: Json };
  const inside = allOf.flatMap((each) => {
    const { $ref, properties = {} } = each as { $ref?: string; properties?: Json };
    return $ref === undefined
      ? Object.keys(properties)
      : propertiesOf(schemas, $ref.split("/").at(-1)!);
  });
  return [...inside, ...Object.keys(properties)];
}

const DOCUMENTS = [
  ["openai.openapi.json", "CreateChatCompletionRequest", openai.OPENAI_SAMPLES, openai.UNTOLD],
  [
    "anthropic.openapi.yaml",
    "BetaCreateMessageParams",
    anthropic.ANTHROPIC_SAMPLES,
    anthropic.UNTOLD,
  ],
] as const;

for (const [file, schema, samples, untold] of DOCUMENTS) {
  test(`every parameter of ${schema} is among the samples`, (t) => {
    const document = readDocument(file);
    if (document === undefined) return t.skip(NO_SPECS);
    const { schemas } = document.components as { schemas: Json };
    const known = new Set(samples.map(({ name }) => name.split(".")[0]!));
    const names = propertiesOf(schemas, schema);
    assert(names.length > 15, String(names));
    assertEquals(names.filter((name) => !known.has(name) && !untold.includes(name)), []);
  });
}
