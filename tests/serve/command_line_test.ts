import { assert, assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { createDoor } from "../support/gateway.ts";
import { isLoopback, refuseOwnAddress } from "../../lib/serve/address.ts";
import { parseArguments, readPort, UsageError } from "../../lib/serve/cli_arguments.ts";
import { reportDefect } from "../../lib/serve/defect.ts";
import { proxyFor } from "../../lib/serve/proxy_rules.ts";
import { startUpSummary } from "../../lib/serve/summary.ts";

test("every flag is read, with a space or an equals sign", () => {
  assertEquals(parseArguments([]), { demo: true, drainTimeout: 25_000 });
  const argv = ["--port", "0", "--host=::1", "--config", "a=b.json", "--no-demo"];
  assertEquals(parseArguments([...argv, "--drain-timeout=1.5"]), {
    port: 0,
    host: "::1",
    config: "a=b.json",
    demo: false,
    drainTimeout: 1500,
  });
  assertEquals(parseArguments(["-h"]).show, "help");
  assertEquals(parseArguments(["--version"]).show, "version");
});

test("a mistake on the command line is one clear line", () => {
  const wrong: [string[], string][] = [
    [["--prot", "1"], "unknown option --prot; see --help"],
    [["serve"], "unknown argument serve; see --help"],
    [["--port"], "--port needs a value"],
    [["--port", "--host"], "--port needs a value"],
    [["--config="], "--config needs a value"],
    [["--no-demo=1"], "--no-demo takes no value"],
    [["--port", "65536"], '--port must be a port, 0 to 65535, not "65536"'],
    [["--drain-timeout", "x"], '--drain-timeout must be a number of seconds, not "x"'],
  ];
  for (const [argv, message] of wrong) {
    assertEquals(assertThrows(() => parseArguments(argv), UsageError).message, message);
  }
  assertThrows(() => readPort("80x", "PORT"), UsageError, "PORT must be");
});

const settingsWith = (baseUrl: string) =>
  createDoor({ providers: { openai: { baseUrl } } }, { loopback: true, openByDefault: true })
    .settings;

test("a base URL that is our own address is refused", () => {
  const own = ["http://localhost:8787/v1", "http://127.0.0.1:8787", "http://[::1]:8787/v1"];
  for (const url of own) {
    assertThrows(
      () => refuseOwnAddress(settingsWith(url), "127.0.0.1", 8787),
      GatewayError,
      "providers.openai.baseUrl",
    );
  }
  refuseOwnAddress(settingsWith("http://localhost:8788/v1"), "127.0.0.1", 8787);
  refuseOwnAddress(settingsWith("http://10.0.0.1:8787/v1"), "0.0.0.0", 8787);
  assertThrows(() => refuseOwnAddress(settingsWith("http://10.0.0.1:80"), "10.0.0.1", 80));
});

test("loopback is what only this machine reaches", () => {
  for (const host of ["127.0.0.1", "localhost", "::1", "127.1.2.3"]) assert(isLoopback(host));
  for (const host of ["0.0.0.0", "::", "127.0.0.1.evil.test", "10.0.0.1"]) {
    assert(!isLoopback(host));
  }
});

test("the summary names variables, never keys", () => {
  const options = { providers: { openai: { apiKey: "sk-secret" } }, demo: true };
  const facts = {
    host: "::1",
    port: 99,
    runtime: "Node 24",
    keySources: new Map([["openai", "A_KEY"]]),
    options: { store: { type: "redis", url: "redis://u:hunter2@cache.test:6380/1" } as const },
  };
  const open = createDoor(options, { loopback: true, openByDefault: true });
  const text = startUpSummary({ ...facts, settings: open.settings });
  assert(text.split("\n")[0]!.endsWith("ready on http://localhost:99"), text);
  assert(text.includes("[::1]:99, this machine only"));
  assert(/openai +key from A_KEY/.test(text) && /default +open/.test(text));
  assert(
    /store +redis at cache.test:6380\n +no secret: models. thoughts are not shared\n/.test(text),
  );
  assert(!text.includes("sk-secret") && !text.includes("hunter2"));
  const closed = createDoor(options, { loopback: false, openByDefault: false });
  const other = startUpSummary({
    ...facts,
    host: "0.0.0.0",
    settings: closed.settings,
    config: "c",
  });
  assert(/default +closed: set DRAGOMAN_ACCESS_KEYS/.test(other) && other.includes("the network"));
  assert(other.includes("cf-aig-authorization"));
});

test("proxies follow the scheme, exceptions and loopback", () => {
  const env = {
    https_proxy: "proxy.test:3128",
    HTTP_PROXY: "http://u:p@proxy.test",
    NO_PROXY: ".internal, example.com *.wild.test,port.test:8443 [fe80::1] 10.0.0.1",
  };
  const via = (url: string) => proxyFor(new URL(url), env)?.href;
  assertEquals(via("https://api.openai.com"), "http://proxy.test:3128/");
  assertEquals(via("http://api.openai.com"), "http://u:p@proxy.test/");
  const direct = [
    "https://x.internal",
    "https://example.com",
    "https://api.example.com",
    "https://a.wild.test",
    "https://port.test:8443",
    "https://[fe80::1]",
    "https://10.0.0.1",
    "http://localhost:11434",
    "http://127.0.0.1:1",
    "http://[::1]:1",
  ];
  for (const url of direct) assertEquals(via(url), undefined, url);
  assert(via("https://notexample.com") !== undefined);
  assert(via("https://port.test") !== undefined);
  assertEquals(proxyFor(new URL("https://x.test"), { ...env, no_proxy: "*" }), undefined);
  assertEquals(proxyFor(new URL("https://x.test"), {}), undefined);
});

test("a defect is reported once, with its place and without its message", () => {
  const said: string[] = [];
  const defect = () => new TypeError('Unexpected token, "my prompt" is not valid JSON');
  for (let i = 0; i < 3; i++) reportDefect(defect(), (text) => said.push(text));
  assertEquals(said.length, 1);
  assert(said[0]!.startsWith("defect: TypeError") && said[0]!.includes("command_line_test"));
  assert(!said[0]!.includes("prompt"));
  reportDefect("my prompt", (text) => said.push(text));
  assert(!said[1]!.includes("prompt"));
});
