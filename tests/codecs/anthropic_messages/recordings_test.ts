/** The laws, over recorded answers of Anthropic and of those who serve Claude in its protocol. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, cutBytes, DEFAULTS, relayText } from "../openai_chat/helpers.ts";
import { claude, type Json, openai } from "./helpers.ts";

interface Recording {
  id: string;
  api: string;
  request: { body?: Json | null };
  response: { status: number; body?: unknown; sse?: string };
}

const DIRECTORY = process.env.TRAFFIC_DIR ??
  fileURLToPath(new URL("../../../../shared/traffic/shared", import.meta.url));

const recordings: Recording[] = existsSync(DIRECTORY)
  ? readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
    .filter((file) => /anthropic\.messages--.*\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(`${DIRECTORY}/${file}`, "utf8")) as Recording)
  : [];
const good = recordings.filter(({ response }) => response.status === 200);
const streams = good.filter(({ response: { sse } }) =>
  // Some recorders kept several answers as one.
  sse?.split("message_start").length === 3
);
const wholes = good.filter(({ response: { body } }) => Array.isArray((body as Json)?.content));

function needs(t: TestContext, list: readonly Recording[]): boolean {
  if (list.length === 0) t.skip("skipped: no recordings");
  return list.length > 0;
}

/** Deterministic cuts: every 1 to 97 bytes, another rhythm for each recording. */
function cutsOf(length: number, seed: number): number[] {
  const cuts: number[] = [];
  for (let at = 0, step = seed; at < length; step = (step * 31 + 7) % 97) cuts.push(at += 1 + step);
  return cuts;
}

const decode = (pieces: Uint8Array[]) => runStep(claude.streamDecoder(DEFAULTS), pieces);

test("recorded streams give the same events however they are cut", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, { id, response }] of streams.entries()) {
    const bytes = bytesOf(response.sse!);
    assertEquals(decode(cutBytes(bytes, cutsOf(bytes.length, seed))), decode([bytes]), id);
  }
});

test("recorded streams pass a relay unchanged, and are known to be complete", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, { id, response }] of streams.entries()) {
    const text = response.sse!.replace(/\r\n?/g, "\n");
    const relay = claude.relay!.relayStream({ usage: true }, DEFAULTS);
    const passed = relayText(relay, bytesOf(text), cutsOf(text.length, seed));
    if (relay.progress.fault !== undefined) continue;
    assertEquals(passed.trimEnd(), text.trimEnd(), id);
    assertEquals(relay.progress.finished, text.includes("message_stop"), id);
    const counted = decode([bytesOf(text)]).findLast(({ type }) => type === "usage");
    assertEquals(relay.progress.usage, counted?.type === "usage" ? counted.usage : undefined, id);
  }
});

test("recorded streams, written again, say the same", (t) => {
  if (!needs(t, streams)) return;
  for (const { id, response } of streams) {
    const events = decode([bytesOf(response.sse!)]);
    if (!events.some(({ type }) => type === "finish")) continue;
    const again = runStep(claude.streamEncoder({ usage: true }), events).join("");
    assertEquals(fold(decode([bytesOf(again)])), fold(events), id);
  }
});

test("recorded answers, written again, whole or as a stream, say the same", (t) => {
  if (!needs(t, wholes)) return;
  for (const { id, response } of wholes) {
    const answer = claude.decodeResponse(JSON.stringify(response.body), DEFAULTS);
    assertEquals(claude.decodeResponse(claude.encodeResponse(answer), DEFAULTS), answer, id);
    const wire = runStep(claude.streamEncoder({ usage: true }), unfold(answer)).join("");
    assertEquals(fold(decode([bytesOf(wire)])), answer, id);
  }
});

test("recorded requests, read and written again, mean the same", (t) => {
  const asked = recordings.filter(({ request: { body } }) => Array.isArray(body?.messages));
  if (!needs(t, asked)) return;
  for (const { id, request } of asked) {
    const { body } = request;
    const read = claude.decodeRequest({ model: "m", ...body });
    const options = { model: String(body!.model ?? "m"), stream: read.stream };
    const again = JSON.parse(claude.encodeRequest(read, options).body) as Json;
    assertEquals(sayings(again), sayings(body!), id);
    const text = JSON.stringify({ model: "m", ...body });
    assertEquals(
      JSON.parse(claude.relay!.relayRequest(scanObject(text), options).body),
      { ...JSON.parse(text), model: options.model },
      id,
    );
    // What another provider would get can at least be written.
    openai.encodeRequest(read, options);
  }
});

/** Every text, call and result of a conversation, in its order. */
function sayings({ messages }: Json): unknown[] {
  return (messages as Json[]).flatMap(({ content }) => {
    const blocks = typeof content === "string"
      ? [{ type: "text", text: content }]
      : content as Json[];
    return blocks.map((block) => block.text ?? block.thinking ?? block.input ?? block.tool_use_id)
      .filter((each) => typeof each !== "string" || each.trim() !== "")
      .map((each) => typeof each === "string" ? each.trimEnd() : each);
  });
}

test("recorded errors keep their status and words", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const text = response.sse ?? JSON.stringify(response.body);
    const { status, message } = claude.decodeError(response.status, text, new Headers());
    assertEquals(status, response.status, id);
    assert(message !== "", id);
    const told = (response.body as { error?: Json } | undefined)?.error?.message;
    if (told !== undefined) assertEquals(message, told, id);
  }
});
