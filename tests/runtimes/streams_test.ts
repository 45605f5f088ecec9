/** What a client receives of a stream, on every runtime: whole, in its own time, and honest about failures. */
import { assert, assertEquals } from "@std/assert";
import { pause, until } from "../support/waiting.ts";
import { ask, chat, Connection, post } from "./client.ts";
import { begin, content, END, event, FIRST, flood, Provider } from "./provider.ts";
import { onEveryRuntime } from "./servers.ts";

const provider = new Provider();
const { plays } = provider;

/** `many:COUNT:NAME`: so many numbered words, a few at a time. */
plays.many = async (res, { model }) => {
  const [, count, name] = model.split(":");
  begin(res);
  res.write(FIRST);
  for (let i = 0; i < Number(count); i++) {
    res.write(content(`${name}-${i} `));
    if (i % 7 === 0) await pause(1);
  }
  res.end(END);
};
plays.flood = async (res) => {
  begin(res);
  res.write(FIRST + content("one"));
  await flood(res);
};
plays.slow = async (res) => {
  begin(res);
  await pause(400);
  res.end(FIRST + content("at last") + END);
};
plays.reset = async (res) => {
  begin(res);
  res.write(FIRST + content("one"));
  await pause(50);
  res.destroy();
};
plays.short = (res) => {
  begin(res);
  res.end(FIRST + content("one"));
};
plays.sorry = (res) => {
  begin(res);
  const error = { message: "overloaded", type: "server_error", param: null, code: null };
  res.end(FIRST + content("one") + `data: ${JSON.stringify({ error })}\n\n`);
};
plays.pieces = async (res) => {
  begin(res);
  const bytes = new TextEncoder().encode(FIRST + content("Grüße, 世界 🌍") + END);
  for (const [at, byte] of bytes.entries()) {
    res.write(Uint8Array.of(byte));
    if (at % 40 === 0) await pause(0);
  }
  res.end();
};
plays.steps = async (res) => {
  begin(res);
  for (const text of ["a", "b", "c"]) {
    res.write(event({ content: text }));
    await pause(150);
  }
  res.end(END);
};

const onEach = onEveryRuntime(async () => ({
  providers: await provider.settings(),
  gateways: { default: { timeouts: { commit: 100, keepAlive: 60 } } },
}));

const streamed = (model: string) => chat(model, { stream: true });

/** The words of a stream. */
function textOf(stream: string): string {
  const chunks = stream.split("\n\n").filter((part) => /^data: \{/.test(part));
  return chunks.map((part) => JSON.parse(part.slice(6)).choices[0].delta.content ?? "").join("");
}

onEach("a hundred streams at once each arrive whole", async ({ server }) => {
  const names = Array.from({ length: 100 }, (_, i) => `n${i}`);
  await Promise.all(names.map(async (name, i) => {
    const answer = await ask(server.url, streamed(`many:${i + 20}:${name}`));
    const text = await answer.text();
    const words = Array.from({ length: i + 20 }, (_, at) => `${name}-${at} `);
    assertEquals(textOf(text), words.join(""));
    assert(text.endsWith("data: [DONE]\n\n"));
  }));
});

onEach("characters that arrive in pieces go out whole", async ({ server }) => {
  const text = await (await ask(server.url, streamed("pieces"))).text();
  assertEquals(textOf(text), "Grüße, 世界 🌍");
});

onEach("each chunk goes out when it comes in", async ({ server }) => {
  const connection = new Connection(server.port);
  connection.send(post(streamed("steps")));
  await until(() => connection.received.includes('"a"'), "the first chunk", 3000);
  assert(!connection.received.includes('"b"'));
  await until(() => connection.received.includes('"b"'), "the second chunk", 3000);
  assert(!connection.received.includes('"c"'));
  connection.leave();
});

onEach("comments keep a silent stream alive, and the answer follows", async ({ server }) => {
  const text = await (await ask(server.url, streamed("slow"))).text();
  assert(text.split("\n\n").filter((part) => part.startsWith(": ")).length >= 3, text);
  assertEquals(textOf(text), "at last");
  assert(text.endsWith("data: [DONE]\n\n"));
});

for (
  const [model, what] of [
    ["reset", "a connection that breaks"],
    ["short", "an end without a finish"],
    ["sorry", "an error of the provider"],
  ]
) {
  onEach(`${what} after content is one error event, and no [DONE]`, async ({ server }) => {
    const answer = await ask(server.url, streamed(model!));
    const text = await answer.text();
    assertEquals(answer.status, 200);
    assert(text.includes('"one"'), text);
    assertEquals(text.split('data: {"error"').length, 2, text);
    assert(!text.includes("[DONE]") && !text.includes('finish_reason":"stop"'), text);
  });
}

onEach("a slow reader holds the provider back, and both go on later", async ({ server }) => {
  const name = `flood:${server.port}`;
  const connection = new Connection(server.port);
  connection.send(post(streamed(name)));
  await until(() => connection.received.includes('"one"'), "the stream begins", 3000);
  connection.pause();
  const [call] = provider.of(name);
  let before = -1;
  await until(
    () => {
      const still = call!.taken === before;
      before = call!.taken;
      return still && before > 0;
    },
    "the provider stands still",
    10_000,
    300,
  );
  // Three sockets' worth of kernel buffers lie between the two ends.
  assert(before < 32_000_000, `${before} bytes were taken`);
  connection.resume();
  await until(() => call!.taken > before + 5_000_000, "both go on", 10_000);
  connection.leave();
  await until(() => call!.left, "the provider is called off", 2000);
});
