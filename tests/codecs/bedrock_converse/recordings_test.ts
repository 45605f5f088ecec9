/** The laws, over recorded answers of Bedrock. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { bedrockConverse } from "../../../lib/codecs/bedrock_converse/mod.ts";
import { bytesOfText } from "../../../lib/byte_text.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { cutBytes, DEFAULTS } from "../openai_chat/helpers.ts";
import { needs, recordedAs, rhythm, streamBytes } from "../recorded.ts";

const codec = bedrockConverse();
const recordings = recordedAs(/bedrock\.converse(-stream)?--/);
const good = recordings.filter(({ response }) => response.status === 200);
const streams = good.filter(({ response }) => response.base64 !== undefined);
const wholes = good.filter(({ response }) => response.body !== undefined);
const decode = (pieces: Uint8Array[]) => runStep(codec.streamDecoder(DEFAULTS), pieces);

test("recorded streams give the same events however they are cut", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, recording] of streams.entries()) {
    const bytes = streamBytes(recording);
    const whole = decode([bytes]);
    assert(whole.some(({ type }) => type === "finish"), recording.id);
    assertEquals(decode(cutBytes(bytes, rhythm(bytes.length, seed))), whole, recording.id);
  }
});

test("recorded streams survive being written and read again", (t) => {
  if (!needs(t, streams)) return;
  for (const recording of streams) {
    const answer = fold(decode([streamBytes(recording)]));
    const text = runStep(codec.streamEncoder({ usage: true }), unfold(answer)).join("");
    assertEquals(fold(decode([bytesOfText(text)])), answer, recording.id);
  }
});

test("recorded answers survive being written and read again", (t) => {
  if (!needs(t, wholes)) return;
  for (const { id, response } of wholes) {
    const answer = codec.decodeResponse(JSON.stringify(response.body), DEFAULTS);
    const again = codec.decodeResponse(codec.encodeResponse(answer), DEFAULTS);
    assertEquals(again.choices, answer.choices, id);
    assertEquals(again.usage, answer.usage, id);
  }
});

test("recorded requests can be read, and say the same when they are written again", (t) => {
  const asked = good.filter(({ request }) => Array.isArray(request.body?.messages));
  if (!needs(t, asked)) return;
  for (const { id, request } of asked) {
    const path = new URL(request.url.replace(/<[A-Z_]+>/, "x")).pathname;
    const decoded = codec.decodeRequest(request.body!, path);
    const options = { model: decoded.model, stream: decoded.stream };
    const encoded = codec.encodeRequest(decoded, options);
    assertEquals(encoded.path.endsWith("-stream"), path.endsWith("-stream"), id);
    const again = codec.decodeRequest(JSON.parse(encoded.body), encoded.path);
    // Turns of one speaker become one turn.
    const said = (request: typeof again) => request.messages.flatMap(({ parts }) => parts);
    assertEquals(said(again), said(decoded), id);
    assertEquals(again.tools, decoded.tools, id);
  }
});

test("recorded errors keep their status, message and kind", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const headers = new Headers(response.headers);
    const fault = codec.decodeError(response.status, JSON.stringify(response.body), headers);
    assertEquals(fault.status, response.status, id);
    assertEquals(fault.message, (response.body as { message: string }).message, id);
    if (headers.has("x-amzn-errortype")) assert(fault.code?.endsWith("Exception"), id);
  }
});
