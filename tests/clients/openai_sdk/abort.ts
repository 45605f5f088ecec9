/** Callers who leave: the provider is called off within a second. */
import { assertEquals } from "@std/assert";
import { APIConnectionTimeoutError, APIUserAbortError } from "openai";
import { until } from "../../serve/support.ts";
import type { ScriptedUpstream } from "../../support/scripted_upstream.ts";
import { GREETING } from "../../support/strict_openai.ts";
import { ASK, defaultOptions, onEachDoor, thrownBy } from "../doors.ts";

const QUESTION = { model: "openai/gpt-5-mini", messages: ASK };

/** Who tells nothing of a caller who left before the headers of his answer: neither by signal nor by error. */
const NOT_TOLD = {
  workerd: "standalone workerd reports no departure before headers",
  deno:
    "Deno 2.8.3 to 2.9.6 reports none when the body came in a second read (denoland/deno#34446)",
};

const asked = (upstream: ScriptedUpstream) =>
  until(() => upstream.requests.length > 0, "the provider is asked");

const calledOff = (upstream: ScriptedUpstream) =>
  until(() => upstream.last.left, "the provider sees the caller leave");

for (const stream of [false, true]) {
  const what = stream ? "a stream" : "a whole answer";

  onEachDoor(
    `an abort before the first byte of ${what} calls the provider off`,
    async (scene) => {
      const { client, openai } = scene;
      openai.turns.push({ silent: true });
      const controller = new AbortController();
      const { signal } = controller;
      const call = client.chat.completions.create({ ...QUESTION, stream }, { signal });
      const thrown = thrownBy(call, APIUserAbortError);
      await asked(openai);
      controller.abort();
      await thrown;
      await calledOff(openai);
    },
    defaultOptions,
    NOT_TOLD,
  );
}

onEachDoor(
  "a client that loses patience calls the provider off",
  async ({ client, openai }) => {
    openai.turns.push({ silent: true });
    const call = client.chat.completions.create(QUESTION, { timeout: 150 });
    await thrownBy(call, APIConnectionTimeoutError);
    await calledOff(openai);
  },
  defaultOptions,
  NOT_TOLD,
);

const LEAVING = [
  ["leaves the loop", true, () => {}],
  ["aborts the stream", false, (controllers: AbortController[]) => controllers[0]?.abort()],
  ["aborts its signal", false, (controllers: AbortController[]) => controllers[1]?.abort()],
] as const;

for (const [how, breaks, leave] of LEAVING) {
  onEachDoor(`a caller who ${how} in mid-stream calls the provider off`, async (scene) => {
    const { client, openai } = scene;
    openai.turns.push({ stops: "silent" });
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await client.chat.completions.create({ ...QUESTION, stream: true }, { signal });
    let text = "";
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? "";
      if (text !== "Good morning") continue;
      if (breaks) break;
      leave([stream.controller, controller]);
    }
    assertEquals(text, "Good morning");
    await calledOff(openai);
  });
}

onEachDoor("an aborted stream helper calls the provider off", async ({ client, openai }) => {
  openai.turns.push({ stops: "silent" });
  const helper = client.chat.completions.stream(QUESTION);
  helper.once("content", () => helper.abort());
  await thrownBy(helper.done(), APIUserAbortError);
  await calledOff(openai);
});

onEachDoor("one caller's abort leaves the others alone", async ({ client, openai }) => {
  openai.turns.push({ stops: "silent" });
  const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
  for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  const answer = await client.chat.completions.create(QUESTION);
  assertEquals(answer.choices[0]?.message.content, GREETING);
  await until(() => openai.requests[0]?.left === true, "the first is called off");
  assertEquals(openai.requests[1]?.left, false);
});
