/** Keys that are not sent themselves, on every runtime: the command is given a file, and nothing else. */
import { assertEquals } from "@std/assert";
import { ask } from "./client.ts";
import { Cloud, question } from "./cloud.ts";
import { onEveryRuntime } from "./servers.ts";

const cloud = new Cloud();
const onEach = onEveryRuntime(() => cloud.config());

onEach("a service account's JSON is enough for Vertex, once for many calls", async ({ server }) => {
  const before = cloud.exchanges;
  const all = await Promise.all(
    Array.from({ length: 20 }, () => ask(server.url, question("vertex/gemini-x"))),
  );
  for (const answer of all) {
    const { choices } = await answer.json();
    assertEquals(choices[0].message.content, "good");
  }
  assertEquals(cloud.exchanges - before, 1);
});

onEach("access keys are enough for Bedrock, whatever the model is called", async ({ server }) => {
  for (
    const model of ["us.amazon.nova-lite-v1:0", "arn:aws:bedrock:eu-west-1:1:inference-profile/x"]
  ) {
    const answer = await ask(server.url, question(`bedrock/${model}`));
    const text = await answer.text();
    assertEquals(
      [answer.status, JSON.parse(text).choices?.[0].message.content],
      [200, "good"],
      text,
    );
  }
});
