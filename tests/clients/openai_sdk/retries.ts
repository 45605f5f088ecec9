/** The client's own retries: what they need to know of the provider reaches them. */
import { assert, assertEquals } from "@std/assert";
import { InternalServerError, RateLimitError } from "openai";
import type { Failure } from "../../support/scripted_upstream.ts";
import { GREETING } from "../../support/strict_openai.ts";
import { ASK, collect, onEachDoor, type Scene, thrownBy } from "../doors.ts";

const QUESTION = { model: "openai/gpt-5-mini", messages: ASK };

const failing = (status: number, headers: Record<string, string>): { failure: Failure } => {
  const error = { message: "Later, please.", type: "t", param: null, code: null };
  return { failure: { status, headers, error } };
};

/** Milliseconds between the first two requests. */
function pauseOf({ openai: { requests } }: Scene): number {
  assertEquals(requests.length, 2);
  return requests[1]!.at - requests[0]!.at;
}

onEachDoor("the client waits as long as retry-after-ms says", async (scene) => {
  scene.openai.turns.push(failing(429, { "retry-after-ms": "80", "retry-after": "9" }));
  const answer = await scene.connect({ maxRetries: 1 }).chat.completions.create(QUESTION);
  assertEquals(answer.choices[0]?.message.content, GREETING);
  const pause = pauseOf(scene);
  assert(pause >= 75 && pause < 350, `${pause} ms`);
});

onEachDoor("the client waits as long as retry-after says", async (scene) => {
  scene.openai.turns.push(failing(503, { "retry-after": "1" }));
  await scene.connect({ maxRetries: 1 }).chat.completions.create(QUESTION);
  const pause = pauseOf(scene);
  assert(pause >= 990 && pause < 1500, `${pause} ms`);
});

onEachDoor("a stream that was refused is asked for again", async (scene) => {
  scene.openai.turns.push(failing(500, { "retry-after-ms": "10" }));
  const client = scene.connect({ maxRetries: 1 });
  const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
  assert((await collect(stream)).length > 3);
  assert(pauseOf(scene) < 350);
});

onEachDoor("a client that gives up gets the last error", async ({ connect, openai }) => {
  const client = connect({ maxRetries: 2 });
  for (let turn = 0; turn < 3; turn++) openai.turns.push(failing(503, { "retry-after-ms": "5" }));
  await thrownBy(client.chat.completions.create(QUESTION), InternalServerError);
  assertEquals(openai.requests.length, 3);
});

onEachDoor("rate-limit headers reach the client", async ({ client, openai }) => {
  const limits = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" };
  openai.turns.push(failing(429, { ...limits, "retry-after": "360" }), { headers: limits });
  const { headers } = await thrownBy(client.chat.completions.create(QUESTION), RateLimitError);
  assertEquals(headers?.get("retry-after"), "360");
  assertEquals(headers?.get("x-ratelimit-reset-requests"), "6m0s");
  const { response } = await client.chat.completions.create(QUESTION).withResponse();
  assertEquals(response.headers.get("x-ratelimit-remaining-requests"), "0");
});

onEachDoor("the gateway retries when it is told to, and the client sees nothing", async (scene) => {
  scene.openai.turns.push(failing(503, {}));
  const answer = await scene.client.chat.completions.create(QUESTION, {
    headers: { "cf-aig-max-attempts": "2", "cf-aig-retry-delay": "20" },
  });
  assertEquals(answer.choices[0]?.message.content, GREETING);
  assert(pauseOf(scene) < 350);
});
