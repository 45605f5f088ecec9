/** A test file that leaks: a provider repeats the key, and the test looks away. It must fail; no run of the suite plays it. */
import { test } from "node:test";
import { chat, recorded } from "../recorder.ts";

test("a leak that its test does not see", async () => {
  const { gateway } = recorded({}, () =>
    Response.json({
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "sk-stored-openai" } }],
    }));
  await chat(gateway).catch(() => {});
});
