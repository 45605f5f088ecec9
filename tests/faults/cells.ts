/** One cell of the matrix: a gateway, a provider that misbehaves, one request, and what must be true after it. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { GatewayOptions } from "../../lib/options/mod.ts";

import { type FakeUpstream, type Scene } from "../support/fake_upstream.ts";
import { openaiTongue, SAID, type Tongue, toyTongue } from "../support/tongues.ts";
import { toy } from "../support/toy_codec.ts";
import { until, within } from "../support/waiting.ts";
import type { Way } from "../support/ways.ts";
import { type Fault, type Outcome, playWell } from "./faults.ts";

/** How an answer is made from the provider's, and a provider for which it is so. */
export interface Mode {
  name: string;
  slug: string;
  tongue: Tongue;
}

export const MODES: readonly Mode[] = [
  { name: "raw", slug: "openai", tongue: openaiTongue },
  { name: "edited", slug: "ollama", tongue: openaiTongue },
  { name: "edited, custom", slug: "custom-x", tongue: openaiTongue },
  { name: "translated", slug: "toy", tongue: toyTongue },
];

/** Every limit at `patience` milliseconds, but for a fault that hangs a generous one. */
export function timeoutsFor({ name }: Pick<Fault, "name">, patience: number) {
  const limit = name.startsWith("hang") ? patience : 20_000;
  // `commit` is longer than any pause the clock below shortens.
  return { firstByte: limit, firstToken: limit, idle: limit, whole: limit, commit: 60_000 };
}

type ProviderSettings = NonNullable<GatewayOptions["providers"]>[string];

/** Settings of one provider at an address; its scene answers below the version segment, where there is one. */
export function providerAt(
  slug: string,
  url: string,
  apiKey: string,
  more: ProviderSettings = {},
): Record<string, ProviderSettings> {
  const definition = slug === "toy" ? { definition: toy } : {};
  const baseUrl = slug === "toy" ? url : `${url}/v1`;
  return { [slug]: { baseUrl, apiKey, ...definition, ...more } };
}

/** The machine's clock, on which the pauses that providers ask for pass at once. */
export class ImpatientClock implements Clock {
  /** Pauses of a second or more that somebody took. */
  readonly pauses: number[] = [];
  now = () => systemClock.now();
  after(ms: number, task: () => void): () => void {
    const isPause = ms >= 1000 && ms < 10_000;
    if (isPause) this.pauses.push(ms);
    return systemClock.after(isPause ? 1 : ms, task);
  }
}

let cells = 0;

/** A fresh key that can be searched for. */
export function canaryKey(): string {
  return `sk-canary-${++cells}-${"x".repeat(20)}`;
}

/** A provider of `mode` that plays the fault, or an address where nobody listens. */
export function misbehaving(
  upstream: FakeUpstream,
  closed: string,
  mode: Mode,
  { play }: Fault,
  stream: boolean,
  key: string,
): Scene {
  if (play === undefined) return { url: closed, visits: [], open: 0 };
  return upstream.scene((visit) => play({ visit, tongue: mode.tongue, stream, key }));
}

export function wellBehaved(upstream: FakeUpstream, mode: Mode, stream: boolean): Scene {
  return upstream.scene((visit) => playWell({ visit, tongue: mode.tongue, stream, key: "" }));
}

/** An answer, read to its end. */
export interface Received {
  status: number;
  headers: Headers;
  text: string;
}

/** A chat completion's request. */
export function questionFor(model: string, stream: boolean) {
  return { model, messages: [{ role: "user", content: "Hello" }], stream };
}

/** Asks for a chat completion, and reads the answer whatever it is. */
export function ask(way: Way, model: string, stream: boolean): Promise<Received> {
  return post(way, "/v1/chat/completions", questionFor(model, stream));
}

/** Sends a body, and reads the answer whatever it is. */
export async function post(way: Way, path: string, value: unknown): Promise<Received> {
  const body = JSON.stringify(value);
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const read = async () => {
    const response = await way.fetch(path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return await within(read(), "the answer");
}

/** The data of every event; comments are left out. */
export function eventsOf(text: string): string[] {
  const blocks = text.split("\n\n").filter((block) => block !== "" && !block.startsWith(":"));
  return blocks.map((block) => {
    assert(block.startsWith("data: "), `not an event: ${block}`);
    return block.slice("data: ".length);
  });
}

interface WireError {
  message: string;
  type: string;
  code: string | null;
}

/** Fails unless the answer is what the outcome says, in OpenAI's dialect. */
export function assertOutcome(answer: Received, outcome: Outcome, stream: boolean): void {
  if (outcome.kind === "good") return assertGood(answer, stream);
  if (outcome.kind === "broken") return assertBroken(answer, outcome);
  assertEquals(answer.status, outcome.status, answer.text);
  assertEquals(answer.headers.get("content-type"), "application/json");
  const { error, success } = JSON.parse(answer.text) as { error: WireError; success: boolean };
  assertFalse(success);
  assertError(error, outcome);
  const source = answer.headers.get("dragoman-error-source");
  assertEquals(source, outcome.source ?? source);
  if (outcome.header) assertEquals(answer.headers.get(outcome.header[0]), outcome.header[1]);
}

function assertGood({ status, headers, text }: Received, stream: boolean): void {
  assertEquals(status, 200, text);
  if (!stream) {
    const { choices } = JSON.parse(text) as { choices: { message: { content: string } }[] };
    assertEquals(choices[0]?.message.content, SAID);
    return;
  }
  assertEquals(headers.get("x-accel-buffering"), "no");
  const events = eventsOf(text);
  assertEquals(events.at(-1), "[DONE]");
  assertEquals(saidIn(events.slice(0, -1)), SAID);
  assertEquals(events.filter((event) => /"finish_reason": ?"stop"/.test(event)).length, 1);
}

function assertBroken({ status, text }: Received, outcome: Outcome): void {
  assertEquals(status, 200, text);
  const events = eventsOf(text);
  assertFalse(text.includes("[DONE]"), text);
  assertFalse(/"finish_reason": ?"/.test(text), text);
  const { error } = JSON.parse(events.at(-1)!) as { error: WireError };
  assertError(error, outcome);
  assertEquals(events.filter((event) => event.includes('"error"')).length, 1, text);
  assertEquals(saidIn(events.slice(0, -1)), SAID);
}

function assertError({ message, type, code }: WireError, outcome: Outcome): void {
  assert(message.length > 10 && type.length > 3, message);
  if (outcome.code !== undefined) assertEquals(code, outcome.code, message);
}

interface WireChunk {
  choices: { delta: { content?: string } }[];
}

function saidIn(events: string[]): string {
  const chunks = events.map((event) => JSON.parse(event) as WireChunk);
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
}

/** Nothing of the key is in anything the caller got. */
export function assertSecret({ headers, text }: Received, ...keys: string[]): void {
  const all = text + JSON.stringify([...headers]);
  for (const key of keys) {
    assertFalse(all.includes(key.slice(0, 14)), `the key shows: ${all}`);
  }
}

/** Everything has ended, on both sides of the gateway. */
export async function assertNothingLeft(
  door: { readonly running: number },
  ...scenes: Scene[]
): Promise<void> {
  for (const scene of scenes) await until(() => scene.open === 0, "the connection closes");
  await until(() => door.running === 0, "nothing runs");
}
