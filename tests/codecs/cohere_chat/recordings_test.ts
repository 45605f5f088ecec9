/** The laws, over recorded answers of Cohere. */
import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { cohereChat } from "../../../lib/codecs/cohere_chat/mod.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { bytesOf, cutBytes, DEFAULTS } from "../openai_chat/helpers.ts";
import { needs, recordedAs, rhythm, streamBytes } from "../recorded.ts";

const codec = cohereChat();
const recordings = recordedAs(/cohere\.v2\.chat--/);
const good = recordings.filter(({ response }) => response.status === 200);
const streams = good.filter(({ response }) => response.sse !== undefined);
const wholes = good.filter(({ response }) => response.body !== undefined);
const decode = (pieces: Uint8Array[]) => runStep(codec.streamDecoder(DEFAULTS), pieces);

test("recorded streams give the same events however they are cut", (t) => {
  if (!needs(t, streams)) return;
  for (const [seed, recording] of streams.entries()) {
    const bytes = streamBytes(recording);
    const pieces = cutBytes(bytes, rhythm(bytes.length, seed));
    assertEquals(decode(pieces), decode([bytes]), recording.id);
  }
});

test("recorded streams survive being written and read again", (t) => {
  if (!needs(t, streams)) return;
  for (const recording of streams) {
    const events = decode([streamBytes(recording)]);
    if (events.some(({ type }) => type === "error")) continue;
    const answer = fold(events);
    const text = runStep(codec.streamEncoder({ usage: true }), unfold(answer)).join("");
    assertEquals(fold(decode([bytesOf(text)])), answer, recording.id);
  }
});

test("recorded answers survive being written and read again", (t) => {
  if (!needs(t, wholes)) return;
  for (const { id, response } of wholes) {
    const answer = codec.decodeResponse(JSON.stringify(response.body), DEFAULTS);
    assertEquals(codec.decodeResponse(codec.encodeResponse(answer), DEFAULTS), answer, id);
  }
});

test("recorded requests can be read, and their words come out again", (t) => {
  const asked = recordings.filter(({ request, response }) =>
    response.status === 200 && Array.isArray(request.body?.messages)
  );
  if (!needs(t, asked)) return;
  for (const { id, request } of asked) {
    const decoded = codec.decodeRequest(request.body!);
    const options = { model: decoded.model, stream: decoded.stream };
    const again = codec.decodeRequest(JSON.parse(codec.encodeRequest(decoded, options).body));
    assertEquals(again.messages.length, decoded.messages.length, id);
    assertEquals(again.tools, decoded.tools, id);
  }
});

test("recorded errors keep their status and message", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const text = response.sse ?? JSON.stringify(response.body);
    const fault = codec.decodeError(response.status, text, new Headers());
    assertEquals(fault.status, response.status, id);
    assert(text.includes(fault.message), id);
  }
});
