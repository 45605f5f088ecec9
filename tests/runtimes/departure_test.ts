/** Clients who leave, at every moment of an answer, on every runtime: the provider's connection closes. */
import { assertEquals } from "@std/assert";
import { pause, until } from "../support/waiting.ts";
import { ask, chat, Connection, post } from "./client.ts";
import { begin, content, END, FIRST, flood, Provider } from "./provider.ts";
import { onEveryRuntime } from "./servers.ts";

const provider = new Provider();
const { plays } = provider;
plays.silent = () => {};
plays.thinking = (res) => {
  begin(res);
  res.write(FIRST);
};
plays.speaking = (res) => {
  begin(res);
  res.write(FIRST + content("one"));
};
plays.flowing = async (res) => {
  begin(res);
  res.write(FIRST);
  while (!res.destroyed) {
    res.write(content("more "));
    await pause(5);
  }
};
plays.flood = async (res) => {
  begin(res);
  res.write(FIRST);
  await flood(res);
};
plays.once = async (res) => {
  begin(res);
  res.write(FIRST + content("one"));
  await pause(100);
  res.end(content(" two") + END);
};

const onEach = onEveryRuntime(async () => ({
  providers: await provider.settings(),
  gateways: {
    default: {},
    prompt: { timeouts: { commit: 50, keepAlive: 50 } },
  },
}));

/** Nothing in workerd tells of a caller who left before the headers of his answer: neither signal nor error. */
const NOT_TOLD = { workerd: "standalone workerd reports no departure before headers" };

/** The prompts of the other tests fit into its first read. */
const NOT_TOLD_OF_LONG = {
  ...NOT_TOLD,
  Deno:
    "Deno 2.8.3 to 2.9.6 reports none when the body came in a second read (denoland/deno#34446)",
};

/** It finds out by writing: with the next bytes, or the next keep-alive comment (the test after that). */
const TOLD_LATER = { workerd: "standalone workerd notices a departure when it writes" };

/** Sends a request over a bare connection, leaves at the moment `when`, and waits for the provider to notice. */
async function leave(
  port: number,
  model: string,
  stream: boolean,
  when: (connection: Connection) => boolean,
  path?: string,
): Promise<void> {
  const name = `${model}:${port}:${stream}`;
  const connection = new Connection(port);
  connection.send(post(chat(name, { stream }), { path }));
  await until(() => provider.of(name).length === 1, "the provider is asked", 3000);
  await until(() => when(connection), "it is time to leave", 3000);
  await pause(30);
  connection.leave();
  await until(() => provider.of(name)[0]!.left, "the provider is called off");
  assertEquals(provider.of(name).length, 1);
}

/** The same through a gateway that doesn't keep its clients waiting for a sign of life. */
function leaveEarly(
  port: number,
  model: string,
  when: (connection: Connection) => boolean,
): Promise<void> {
  return leave(port, model, true, when, "/v1/me/prompt/compat/chat/completions");
}

const atOnce = () => true;

for (const stream of [false, true]) {
  const what = stream ? "a stream" : "a whole answer";
  onEach(`a client who leaves before the headers of ${what} calls the provider off`, (stage) => {
    return leave(stage.server.port, "silent", stream, atOnce);
  }, NOT_TOLD);
}

onEach(
  "a client with a long prompt who leaves before the headers calls the provider off",
  (stage) => {
    return leave(stage.server.port, `silent:${"long".repeat(5000)}`, false, atOnce);
  },
  NOT_TOLD_OF_LONG,
);

onEach("a client who leaves before the first content calls the provider off", (stage) => {
  return leave(stage.server.port, "thinking", true, atOnce);
}, NOT_TOLD);

onEach("a client who leaves a silent stream calls the provider off", (stage) => {
  const heard = ({ received }: Connection) => received.includes('"one"');
  return leave(stage.server.port, "speaking", true, heard);
}, TOLD_LATER);

onEach("the next keep-alive comment tells of a departure at the latest", (stage) => {
  return leaveEarly(
    stage.server.port,
    "speaking:late",
    ({ received }) => received.includes('"one"'),
  );
});

onEach("a client who leaves a stream that flows calls the provider off", (stage) => {
  const heard = ({ received }: Connection) => received.split("more").length > 5;
  return leave(stage.server.port, "flowing", true, heard);
});

onEach("a client who leaves a stream at full speed calls the provider off", (stage) => {
  const heard = ({ received }: Connection) => received.length > 500_000;
  return leave(stage.server.port, "flood", true, heard);
});

onEach("a client who leaves a stream without content calls the provider off", (stage) => {
  return leaveEarly(stage.server.port, "silent:early", ({ received }) => received.includes(": "));
});

onEach("after a stream that was left, the next answer is whole", async ({ server }) => {
  for (let i = 0; i < 3; i++) {
    const left = `flowing:next:${server.port}:${i}`;
    const aborter = new AbortController();
    const answer = await ask(server.url, chat(left, { stream: true }), { signal: aborter.signal });
    await answer.body!.getReader().read();
    aborter.abort();
    const next = await ask(server.url, chat("once", { stream: true }));
    const text = await next.text();
    assertEquals(text.split("data: ").length, 6);
    assertEquals(text.endsWith("data: [DONE]\n\n"), true);
    await until(() => provider.of(left)[0]!.left, "the provider is called off");
  }
});

onEach("a hundred clients who leave together leave no call behind", async ({ server }) => {
  const name = `flowing:many:${server.port}`;
  const connections = Array.from({ length: 100 }, () => new Connection(server.port));
  for (const connection of connections) connection.send(post(chat(name, { stream: true })));
  const heard = ({ received }: Connection) => received.includes("more");
  await until(() => connections.every(heard), "all streams flow", 10_000);
  for (const connection of connections) connection.leave();
  await until(() => provider.of(name).every(({ left }) => left), "all calls are called off", 3000);
  assertEquals(provider.of(name).length, 100);
});
