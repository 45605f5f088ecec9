/** The end of a server, on every runtime: it takes nothing new and finishes what it has begun. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import { pause, until } from "../support/waiting.ts";
import { ask, chat } from "./client.ts";
import { begin, content, END, FIRST, Provider } from "./provider.ts";
import { missing, RUNTIMES, startCommand } from "./servers.ts";

const provider = new Provider();
const finish = new Map<string, () => void>();
provider.plays.waiting = (res, { model }) => {
  begin(res);
  res.write(FIRST + content("one"));
  finish.set(model, () => res.end(content(" two") + END));
};

for (const runtime of RUNTIMES) {
  test(`${runtime}: SIGTERM lets streams finish and ends with 0`, {
    skip: missing(runtime),
  }, async () => {
    const server = await startCommand(runtime, { providers: await provider.settings() });
    const model = `waiting:${server.port}`;
    const answer = await ask(server.url, chat(model, { stream: true }));
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value ?? "";
    server.child.kill("SIGTERM");
    await pause(200);
    // workerd leaves a new connection waiting for the end; the others refuse it.
    const signal = AbortSignal.timeout(500);
    await assertRejects(() => fetch(`${server.url}/health`, { signal }));
    assertEquals(server.child.exitCode, null);
    finish.get(model)!();
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) break;
      text += value;
    }
    assert(text.includes('" two"') && text.endsWith("data: [DONE]\n\n"), text);
    await until(() => server.child.exitCode !== null, "the process ends", 3000);
    assertEquals(server.child.exitCode, 0, server.err);
  });
}
