import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { fold } from "../../../lib/chat/fold.ts";
import { unfold } from "../../../lib/chat/unfold.ts";
import { runStep } from "../../../lib/stream/step.ts";
import { cutBytes } from "../openai_chat/helpers.ts";
import { bytesOf, codec, DEFAULTS, eventsOf, type Json, jsonList } from "./helpers.ts";

interface Recording {
  id: string;
  request: { url: string; body?: Json };
  response: { status: number; body?: unknown; sse?: string };
}

const DIRECTORY = process.env.TRAFFIC_DIR ??
  fileURLToPath(new URL("../../../../shared/traffic/shared", import.meta.url));

const recordings: Recording[] = !existsSync(DIRECTORY)
  ? []
  : readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
    .filter((file) => /enerateContent--.*\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(`${DIRECTORY}/${file}`, "utf8")));

const streams = recordings.filter(({ response }) => response.status === 200 && response.sse);
const answers = recordings.filter(({ response: { status, body } }) =>
  // Some clients keep numbers where the wire has words.
  status === 200 && body && typeof JSON.stringify(body) === "string" &&
  !/"finishReason":\d/.test(JSON.stringify(body))
);

function needs(t: TestContext, list: readonly Recording[]): boolean {
  if (list.length === 0) t.skip("skipped: no recordings");
  return list.length > 0;
}

/** The JSON of every event. */
function piecesOf(sse: string): Json[] {
  return sse.split(/\r?\n/).filter((line) => line.startsWith("data:"))
    .map((line) => JSON.parse(line.slice(5)) as Json);
}

test("recorded streams give the same events however they are cut, and as a list", (t) => {
  if (!needs(t, streams)) return;
  for (const { id, response } of streams) {
    const whole = eventsOf(response.sse!);
    for (
      const text of [response.sse!.replace(/\r?\n/g, "\r\n"), jsonList(piecesOf(response.sse!))]
    ) {
      const bytes = bytesOf(text);
      for (const step of [1, 7, 61]) {
        const cuts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) => at * step);
        assertEquals(runStep(codec.streamDecoder(DEFAULTS), cutBytes(bytes, cuts)), whole, id);
      }
    }
  }
});

test("recorded streams fold to the answer that the list of their events is", (t) => {
  if (!needs(t, streams)) return;
  for (const { id, response } of streams) {
    const events = eventsOf(response.sse!);
    if (!events.some(({ type }) => type === "finish")) continue;
    const list = JSON.stringify(piecesOf(response.sse!));
    assertEquals(fold(events), codec.decodeResponse(list, DEFAULTS), id);
  }
});

test("recorded answers survive being written and read again, whole and streamed", (t) => {
  if (!needs(t, answers)) return;
  for (const { id, response } of answers) {
    const answer = codec.decodeResponse(JSON.stringify(response.body), DEFAULTS);
    assertEquals(codec.decodeResponse(codec.encodeResponse(answer), DEFAULTS), answer, id);
    const stream = runStep(codec.streamEncoder({ usage: true }), unfold(answer)).join("");
    assertEquals(fold(eventsOf(stream)), answer, id);
  }
});

test("recorded answers are written as they were", (t) => {
  if (!needs(t, answers)) return;
  for (const { id, response } of answers) {
    const body = response.body as { candidates?: { content?: { parts?: Json[] } }[] } & Json;
    const written = JSON.parse(
      codec.encodeResponse(codec.decodeResponse(JSON.stringify(body), DEFAULTS)),
    );
    const said = (answer: typeof body) =>
      joined((answer.candidates ?? []).flatMap(({ content }) => content?.parts ?? []));
    assertEquals(said(written), said(body), id);
  }
});

/** Texts in a row are one text, unless they are signed. */
function joined(parts: Json[]): Json[] {
  return parts.reduce<Json[]>((list, part) => {
    const last = list.at(-1);
    const goesOn = typeof last?.text === "string" && typeof part.text === "string" &&
      last.thought === part.thought && last.thoughtSignature === undefined;
    if (!goesOn) return [...list, part];
    return [...list.slice(0, -1), { ...last, ...part, text: `${last.text}${part.text}` }];
  }, []);
}

test("recorded requests survive being read and written", (t) => {
  const requests = recordings.filter(({ request }) => request.body?.contents !== undefined);
  if (!needs(t, requests)) return;
  for (const { id, request } of requests) {
    const path = new URL(request.url).pathname;
    const read = codec.decodeRequest(request.body!, path);
    const written = codec.encodeRequest(read, read);
    const again = codec.decodeRequest(JSON.parse(written.body), written.path);
    assertEquals(again.messages, read.messages, id);
    assertEquals([again.model, again.stream], [read.model, read.stream], id);
  }
});

test("recorded errors keep their status and message", (t) => {
  const errors = recordings.filter(({ response }) => response.status >= 400);
  if (!needs(t, errors)) return;
  for (const { id, response } of errors) {
    const fault = codec.decodeError(response.status, JSON.stringify(response.body), new Headers());
    assert(fault.message !== "", id);
    assert(fault.status === response.status || fault.status === 401, id);
  }
});
